"""Files that people read and write: reports as DOCX, lists and the register as XLSX and CSV. Values in, bytes out."""
