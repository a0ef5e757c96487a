"""The proxy in front of hub, portal and learners' servers: configurable-http-proxy's Python port, made to stream.

The port by itself (0.4.0) hands an answer on only when it is whole, gives up after 20 seconds, and has ten requests
under way at most: a page that opens step by step, live progress and a class of a hundred people need all three.
Run as ``python -m hub_config.proxy`` with the options of configurable-http-proxy.
"""

from __future__ import annotations

from typing import Any

from configurable_http_proxy import cli, configproxy
from configurable_http_proxy.handlers import ProxyHandler
from tornado.httpclient import AsyncHTTPClient, HTTPResponse
from tornado.httputil import HTTPHeaders, parse_response_start_line
from tornado.iostream import StreamClosedError

MAX_REQUESTS = 5000
REQUEST_TIMEOUT_S = 900
# Of one connection only, not of the message (RFC 9110, section 7.6.1); lengths are counted anew.
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "trailer", "content-length"}


class StreamingProxyHandler(ProxyHandler):
    """Hands each piece of an answer on as soon as it comes."""

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

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:  # noqa: ARG002
        """Return the WebSocket protocol that the server behind has chosen; a browser that offers one insists on it.

        Raises
        ------
        nothing
        """
        return self.ws_client.selected_subprotocol if self.ws_client else None

    def take_piece(self, piece: bytes) -> None:
        """Hand a piece of the answer on; where nobody listens any more, end the request behind it.

        Raises
        ------
        HTTPStreamClosedError
            The browser has gone.
        """
        if self.request.connection is None or self.request.connection.stream.closed():
            raise HTTPStreamClosedError("browser gone")
        self.write(piece)
        self.flush()


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
