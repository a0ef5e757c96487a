"""Documents that learners upload, read in memory by closed readers: nothing in them is run, followed or fetched.

``read_document``
    bytes → ``Workbook``, ``WordDocument``, ``PdfDocument`` or ``CsvTable``; anything else is refused
``Package``
    an Office file as a guarded zip of XML parts
``explain_refusal``
    what is wrong with a file and what to do, for the learner
"""

from __future__ import annotations

from autograder.questions.documents.csv_table import CsvTable, is_text, read_csv
from autograder.questions.documents.package import OLE, Package
from autograder.questions.documents.pdf import PdfDocument, read_pdf
from autograder.questions.documents.refusal import RefusedDocument, explain_refusal, name_type
from autograder.questions.documents.word import WordDocument, read_word
from autograder.questions.documents.workbook import Workbook, read_workbook

__all__ = [
    "CsvTable",
    "Document",
    "Package",
    "PdfDocument",
    "RefusedDocument",
    "WordDocument",
    "Workbook",
    "explain_refusal",
    "name_type",
    "read_document",
    "type_of",
]

Document = Workbook | WordDocument | PdfDocument | CsvTable

_TYPES: dict[type, str] = {Workbook: "xlsx", WordDocument: "docx", PdfDocument: "pdf", CsvTable: "csv"}


def type_of(document: Document) -> str:
    """Return the type of a document as ``accept`` names it.

    Raises
    ------
    nothing
    """
    return _TYPES[type(document)]


def read_document(content: bytes, accepted: tuple[str, ...]) -> Document:
    """Read a document of one of the accepted types; its content says what it is, not its name.

    Parameters
    ----------
    content : bytes
        Anything at all.
    accepted : tuple of str
        Of xlsx, docx, pdf, csv.

    Returns
    -------
    Document

    Raises
    ------
    RefusedDocument
        It is of another type, damaged, protected, too large unpacked, or holds what is not allowed.
    """
    try:
        document = _read(content, accepted)
    except RefusedDocument:
        raise
    except Exception:  # whatever a made-up file does to a reader, it is the file's fault and ends here
        raise RefusedDocument("file-damaged") from None
    if type_of(document) not in accepted:
        raise RefusedDocument("file-type")
    return document


def _read(content: bytes, accepted: tuple[str, ...]) -> Document:
    if not content:
        raise RefusedDocument("file-empty")
    if content[:4] == b"PK\x03\x04":
        return _read_package(content, accepted)
    if content[:8] == OLE:
        # Office puts a protected new file into a container of the old kind.
        protected = "EncryptedPackage".encode("utf-16-le") in content
        raise RefusedDocument("file-password" if protected else "file-old")
    if b"%PDF-" in content[:1024]:
        if "pdf" not in accepted:
            raise RefusedDocument("file-type")
        return read_pdf(content)
    if "csv" in accepted and is_text(content):
        return read_csv(content)
    raise RefusedDocument("file-type")


def _read_package(content: bytes, accepted: tuple[str, ...]) -> Document:
    if not {"xlsx", "docx"} & set(accepted):
        raise RefusedDocument("file-type")
    package = Package(content)
    main = package.find_main("spreadsheetml.sheet")
    if main is not None and "xlsx" in accepted:
        return read_workbook(package, main)
    main = package.find_main("wordprocessingml.document")
    if main is not None and "docx" in accepted:
        return read_word(package, main)
    raise RefusedDocument("file-type")
