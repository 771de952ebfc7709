"""Makes timestamps (RFC 3161) that nobody has signed, for tests of what make-disc and the pages read of them."""

import hashlib


def der(tag: int, *parts: bytes) -> bytes:
    """An element with a tag and contents."""
    contents = b"".join(parts)
    if len(contents) < 0x80:
        return bytes([tag, len(contents)]) + contents
    length = len(contents).to_bytes(2, "big").lstrip(b"\0")
    return bytes([tag, 0x80 + len(length)]) + length + contents


def rsa_identifier(*numbers: int) -> bytes:
    """The object identifier 1.2.840.113549.1, with further numbers."""
    return der(6, bytes.fromhex("2a864886f70d01"), bytes(numbers))


def timestamp(stamped: bytes) -> bytes:
    """What an authority answers to a request for these bytes."""
    algorithm = der(0x30, der(6, bytes.fromhex("608648016503040201")), b"\5\0")
    imprint = der(0x30, algorithm, der(4, hashlib.sha256(stamped).digest()))
    one = der(2, b"\1")
    info = der(0x30, one, der(6, b"\x2a\3"), imprint, one, der(0x18, b"20261130054809Z"))
    content = der(0x30, rsa_identifier(9, 16, 1, 4), der(0xA0, der(4, info)))
    digest = der(0x31, der(4, hashlib.sha256(info).digest()))
    attributes = der(0xA0, der(0x30, rsa_identifier(9, 4), digest))
    signer = der(0x30, one, der(0x30), algorithm, attributes, algorithm, der(4, b"\7" * 64))
    certificates = der(0xA0, der(0x30, b"certificate"))
    signed = der(0x30, one, der(0x31, algorithm), content, certificates, der(0x31, signer))
    token = der(0x30, rsa_identifier(7, 2), der(0xA0, signed))
    return der(0x30, der(0x30, der(2, b"\0")), token)
