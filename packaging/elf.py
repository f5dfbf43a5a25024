"""The few fields of an ELF file that decide what it loads and from where."""

import struct
from dataclasses import dataclass, field

MACHINES = {62: "x86_64", 183: "arm64"}

PT_LOAD, PT_DYNAMIC, PT_INTERP = 1, 2, 3
DT_NULL, DT_NEEDED, DT_STRTAB, DT_RPATH, DT_RUNPATH = 0, 1, 5, 15, 29


class NotElf(ValueError):
    pass


@dataclass
class Elf:
    machine: str
    interpreter: str = None
    needed: list = field(default_factory=list)
    rpath: str = None
    runpath: str = None


def read(data):
    """The fields of a 64-bit little-endian file; raises NotElf for anything else."""
    return _parse(bytearray(data))[0]


def without_runpath(data):
    """The same file without DT_RUNPATH, which would disable the DT_RPATH of the program that loads it."""
    data = bytearray(data)
    elf, entries = _parse(data)
    if elf.runpath is None:
        return bytes(data)
    kept = [entry for entry in entries if entry[1] != DT_RUNPATH]
    kept += [(None, DT_NULL, 0)] * (len(entries) - len(kept))
    for (offset, _, _), (_, tag, value) in zip(entries, kept):
        struct.pack_into("<qQ", data, offset, tag, value)
    return bytes(data)


def _parse(data):
    if data[:4] != b"\x7fELF":
        raise NotElf("not an ELF file")
    try:
        return _parse_headers(data)
    except (struct.error, IndexError, ValueError) as error:
        raise NotElf(f"a damaged ELF file: {error}") from None


def _parse_headers(data):
    if data[4:6] != b"\x02\x01":
        raise ValueError("not 64-bit little-endian")
    machine = struct.unpack_from("<H", data, 18)[0]
    elf = Elf(MACHINES.get(machine, f"machine {machine}"))
    table = struct.unpack_from("<Q", data, 32)[0]
    size, count = struct.unpack_from("<HH", data, 54)
    loads, dynamic = [], None
    for i in range(count):
        kind, _, offset, address, _, length = struct.unpack_from("<IIQQQQ", data, table + i * size)
        if kind == PT_LOAD:
            loads.append((address, offset, length))
        elif kind == PT_INTERP:
            elf.interpreter = _string(data, offset)
        elif kind == PT_DYNAMIC:
            dynamic = (offset, length)
    entries = list(_dynamic(data, *dynamic)) if dynamic else []
    strings = next((_offset(loads, value) for _, tag, value in entries if tag == DT_STRTAB), None)
    for _, tag, value in entries:
        if tag == DT_NEEDED:
            elf.needed.append(_string(data, strings + value))
        elif tag == DT_RPATH:
            elf.rpath = _string(data, strings + value)
        elif tag == DT_RUNPATH:
            elf.runpath = _string(data, strings + value)
    return elf, entries


def _dynamic(data, offset, length):
    """(offset in the file, tag, value) of each entry up to the first DT_NULL, and that."""
    for at in range(offset, offset + length, 16):
        tag, value = struct.unpack_from("<qQ", data, at)
        yield at, tag, value
        if tag == DT_NULL:
            return


def _offset(loads, address):
    for start, offset, length in loads:
        if start <= address < start + length:
            return offset + address - start
    raise ValueError(f"address {address:#x} is in no segment")


def _string(data, offset):
    return data[offset : data.index(0, offset)].decode()
