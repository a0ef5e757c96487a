"""The proxy in front of hub, portal and learners' servers: configurable-http-proxy's Python port, made to stream.

The port by itself (0.4.0) hands an answer on only when it is whole, gives up after 20 seconds, has ten requests
under way at most, garbles binary WebSocket messages, and leaves a browser connected to nobody when a server ends: a
page that opens step by step, live progress, Jupyter's kernel protocol, answers that must not get lost and a class of a
hundred people need better.
Run as ``python -m hub_config.proxy`` with the options of configurable-http-proxy.
"""

from __future__ import annotations

import asyncio
from typing import Any

from configurable_http_proxy import cli, configproxy
from configurable_http_proxy.handlers import ProxyHandler
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.httputil import HTTPHeaders, HTTPInputError, parse_response_start_line
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, websocket_connect

MAX_REQUESTS = 5000
REQUEST_TIMEOUT_S = 900
PING_S = 30.0
MAX_MESSAGE = 64 * 2**20
# Of one connection only, not of the message (RFC 9110, section 7.6.1); lengths are counted anew.
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "trailer", "content-length"}


class StreamingProxyHandler(ProxyHandler):
    """Hands each piece of an answer on as soon as it comes."""

    def _get_proxy_request(self, url: str) -> HTTPRequest:
        """Return the request to the server behind: as it came, with the way it took.

        A web server in front that ends HTTPS says so in ``X-Forwarded-Proto``, and that word must arrive alone.

        Raises
        ------
        nothing
        """
        request = super()._get_proxy_request(url)
        headers = self.request.headers.copy()
        headers.update(self.proxy.custom_headers)
        headers["X-Forwarded-For"] = ", ".join(filter(None, [headers.get("X-Forwarded-For"), self.request.remote_ip]))
        headers.setdefault("X-Forwarded-Proto", self.request.protocol)
        headers.setdefault("X-Forwarded-Host", self.request.host)
        headers.pop("Sec-WebSocket-Extensions", None)  # of one connection only, like compression
        request.headers = headers
        return request

    async def call_proxy(self, path: str | None = None) -> None:
        """Pass a request on and its answer back.

        Raises
        ------
        nothing
        """
        url = await self.get_target_url(path)
        if url is None:
            return
        lines: list[str] = []
        request = self._get_proxy_request(url)
        request.request_timeout = REQUEST_TIMEOUT_S
        request.decompress_response = False
        request.header_callback = lambda line: self.take_header_line(lines, line)
        request.streaming_callback = self.take_piece
        try:
            response: HTTPResponse = await AsyncHTTPClient().fetch(request, raise_error=False)
        except Exception as error:
            await self.fail(503, error)
            return
        if response.code == 599:
            await self.fail(503, response.error)
        elif not self._finished:
            self.finish()

    async def fail(self, status: int, error: BaseException | None) -> None:
        """Answer with an error page, or break the connection off where an answer has begun.

        Raises
        ------
        nothing
        """
        if not self._headers_written:
            self.clear()
            await self.handle_proxy_error(status, error)
        elif self.request.connection is not None and not self._finished:
            self.request.connection.stream.close()

    def take_header_line(self, lines: list[str], line: str) -> None:
        """Take a line of the answer's head; the empty one ends it.

        Raises
        ------
        nothing
        """
        if line.strip():
            lines.append(line.rstrip("\r\n"))
            return
        start, *rest = lines
        lines.clear()
        status = parse_response_start_line(start)
        if status.code < 200:
            return
        self.take_head(status.code, status.reason, HTTPHeaders.parse("\r\n".join(rest)))

    def take_head(self, code: int, reason: str, headers: HTTPHeaders) -> None:
        """Set status and headers of our answer to those of the answer that comes.

        Raises
        ------
        nothing
        """
        self.clear()
        self.set_status(code, reason or None)
        for name in ("Content-Type", "Server", "Date"):
            self.clear_header(name)
        for name, value in headers.get_all():
            if name.lower() not in HOP_BY_HOP:
                self.add_header(name, value)
        length = headers.get("Content-Length")
        if length is not None:
            self.set_header("Content-Length", length)

    @property
    def ping_interval(self) -> float | None:
        """Seconds between signs of life to the browser, so that nothing on the way takes the connection for dead."""
        return PING_S

    async def start_ws_client(self, path: str | None = None) -> None:
        """Open the WebSocket to the server behind.

        Raises
        ------
        nothing
        """
        self.closed = False
        url = await self.get_target_url(path)
        if url is None:
            return
        request = self._get_proxy_request("ws" + url.removeprefix("http"))
        try:
            self.ws_client = await websocket_connect(
                request, on_message_callback=self.take_message, max_message_size=MAX_MESSAGE
            )
        except HTTPClientError as error:
            self.set_status(error.code)
            self.finish(error.message)
        except Exception as error:
            await self.fail(503, error)

    def take_message(self, message: str | bytes | None) -> None:
        """Pass a message of the server behind on; when that server has hung up, hang up on the browser too.

        Otherwise a page would go on taking answers that reach nobody.

        Raises
        ------
        nothing
        """
        if message is None:
            self.close()
            return
        self.proxy.update_last_activity(self.target["prefix"])
        try:
            self.write_message(message, binary=isinstance(message, bytes))
        except WebSocketClosedError:
            self.on_close()

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:  # noqa: ARG002
        """Return the WebSocket protocol that the server behind has chosen; a browser that offers one insists on it.

        Raises
        ------
        nothing
        """
        return self.ws_client.selected_subprotocol if self.ws_client else None

    def on_message(self, message: str | bytes) -> None:
        """Pass a message of the browser on as what it is, text or binary.

        Raises
        ------
        nothing
        """
        if self.ws_client is None:
            return
        self.proxy.update_last_activity(self.target["prefix"])
        self.ws_client.write_message(message, binary=isinstance(message, bytes))

    def take_piece(self, piece: bytes) -> asyncio.Future[None]:
        """Hand a piece of the answer on; the next one is read when this one has gone out.

        Raises
        ------
        HTTPInputError
            The browser has gone; the request behind ends too.
        """
        if self._finished or self.request.connection is None or self.request.connection.stream.closed():
            raise HTTPInputError("browser gone")
        self.write(piece)
        return asyncio.ensure_future(send_out(self))


async def send_out(handler: ProxyHandler) -> None:
    """Wait until what was written has left this process.

    Raises
    ------
    HTTPInputError
        The browser has gone.
    """
    try:
        await handler.flush()
    except StreamClosedError:
        raise HTTPInputError("browser gone") from None


def main(arguments: list[str] | None = None) -> Any:
    """Run the proxy until it is stopped.

    Raises
    ------
    SystemExit
        An option is wrong.
    """
    AsyncHTTPClient.configure(None, max_clients=MAX_REQUESTS, max_body_size=2**31)
    configproxy.ProxyHandler = StreamingProxyHandler
    return cli.main(arguments)


if __name__ == "__main__":
    main()
