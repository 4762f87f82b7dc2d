"""Which kernels tensorflow-metal registers, read from its library without a Mac.

  pip install lief unicorn
  python scripts/read_metal_kernels.py                 # rewrites the list of `inpaint_tf.doctor`

Fetches the macOS wheel from the package registry and runs the library's own `TF_InitKernel` in an
emulator of the processor, with Python in the place of TensorFlow's C API: each kernel tells its
operation and types as it would tell TensorFlow. What the library asks the system is answered as by
a Mac that has everything: stateless random numbers are registered only where MPSGraph has GRUs.
"""

import datetime
import json
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import lief
import unicorn
from tensorflow.dtypes import as_dtype
from unicorn import arm64_const

VERSION = "1.2.0"
LIBRARY = "tensorflow-plugins/libmetal_plugin.dylib"
LIST = Path(__file__).resolve().parent.parent / "inpaint_tf" / "doctor" / "metal_kernels.json"

IMAGE_BYTES, HEAP_BYTES, STACK_BYTES = 0x1000000, 0x8000000, 0x100000
TRAPS, HEAP, STACK = 0x10000000, 0x20000000, 0x40000000
"""Where things lie in the emulated memory; the library itself begins at 0."""

TRAP_BYTES, RETURN = 16, struct.pack("<I", 0xD65F03C0)


class Emulator:
    """The library in memory; `functions` stand for what it calls, by symbol."""

    def __init__(self, library, functions):
        self.machine = unicorn.Uc(unicorn.UC_ARCH_ARM64, unicorn.UC_MODE_ARM)
        self.functions = functions
        self.called_by_trap = []
        self.free = HEAP + TRAP_BYTES
        for start, size in ((0, IMAGE_BYTES), (TRAPS, STACK_BYTES), (HEAP, HEAP_BYTES)):
            self.machine.mem_map(start, size)
        self.machine.mem_map(STACK, STACK_BYTES)
        self.end = self._trap("the end")
        for segment in library.segments:
            self.machine.mem_write(segment.virtual_address, bytes(segment.content))
        own = {symbol.name: symbol.value for symbol in library.symbols if symbol.value}
        traps = {}
        for binding in library.bindings:
            name = binding.symbol.name
            if name not in own and name not in traps:
                traps[name] = self._trap(name)
            address = own.get(name) or traps[name]
            self.machine.mem_write(binding.address, struct.pack("<Q", address))
        self.machine.hook_add(unicorn.UC_HOOK_CODE, self._enter, begin=TRAPS, end=HEAP - 1)

    def call(self, address):
        self.machine.reg_write(arm64_const.UC_ARM64_REG_SP, STACK + STACK_BYTES // 2)
        self.machine.reg_write(arm64_const.UC_ARM64_REG_LR, self.end)
        self.machine.emu_start(address, self.end)

    def argument(self, index):
        return self.machine.reg_read(arm64_const.UC_ARM64_REG_X0 + index)

    def text(self, address):
        read = b""
        while not read.endswith(b"\0"):
            read += bytes(self.machine.mem_read(address + len(read), 1))
        return read[:-1].decode()

    def allocate(self, size):
        address = self.free
        self.free += (size + 2 * TRAP_BYTES - 1) // TRAP_BYTES * TRAP_BYTES
        return address

    def _trap(self, name):
        address = TRAPS + TRAP_BYTES * len(self.called_by_trap)
        self.called_by_trap.append(name)
        self.machine.mem_write(address, RETURN)
        return address

    def _enter(self, machine, address, size, user_data):
        del size, user_data
        result = self.functions[self.called_by_trap[(address - TRAPS) // TRAP_BYTES]](self)
        machine.reg_write(arm64_const.UC_ARM64_REG_X0, result or 0)


class Registry:
    """TensorFlow's part of the C API: `kernels` are (operation, {attribute: type})."""

    def __init__(self):
        self.kernels = []
        self.begun = {}

    def functions(self):
        def nothing(emulator):
            del emulator

        return {
            "__Znwm": lambda e: e.allocate(e.argument(0)),
            "__ZdlPv": nothing,
            "_strlen": lambda e: len(e.text(e.argument(0))),
            "_memcpy": self._copy,
            "_memmove": self._copy,
            "_NSClassFromString": lambda e: 1,
            "_objc_msgSend": lambda e: 1,
            "_TF_NewStatus": lambda e: e.allocate(8),
            "_TF_GetCode": nothing,
            "_TF_DeleteStatus": nothing,
            "_TF_NewOpDefinitionBuilder": lambda e: e.allocate(8),
            "_TF_OpDefinitionBuilderAddInput": nothing,
            "_TF_OpDefinitionBuilderAddOutput": nothing,
            "_TF_OpDefinitionBuilderAddAttr": nothing,
            "_TF_RegisterOpDefinition": nothing,
            "_TF_NewKernelBuilder": self._begin,
            "_TF_KernelBuilder_TypeConstraint": self._constrain,
            "_TF_KernelBuilder_HostMemory": nothing,
            "_TF_RegisterKernelBuilder": self._register,
        }

    @staticmethod
    def _copy(emulator):
        to, source, size = (emulator.argument(i) for i in range(3))
        emulator.machine.mem_write(to, bytes(emulator.machine.mem_read(source, size)))
        return to

    def _begin(self, emulator):
        builder = emulator.allocate(8)
        self.begun[builder] = (emulator.text(emulator.argument(0)), {})
        return builder

    def _constrain(self, emulator):
        builder, attribute, dtype = (emulator.argument(i) for i in range(3))
        _, types = self.begun[builder]
        types[emulator.text(attribute)] = as_dtype(dtype & 0xFFFFFFFF).name

    def _register(self, emulator):
        self.kernels.append(self.begun[emulator.argument(1)])


def read_kernels(path):
    """{operation: [types]}, the types of a kernel as "T=float32 Tidx=int32"; "" for any."""
    library = lief.MachO.parse(str(path)).at(0)
    registry = Registry()
    emulator = Emulator(library, registry.functions())
    emulator.call(next(s.value for s in library.exported_symbols if s.name == "_TF_InitKernel"))
    kernels = {}
    for operation, types in registry.kernels:
        words = " ".join(f"{name}={dtype}" for name, dtype in sorted(types.items()))
        kernels.setdefault(operation, set()).add(words)
    return {operation: sorted(types) for operation, types in sorted(kernels.items())}


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
                *("--only-binary=:all:", "--platform=macosx_12_0_arm64", "--python-version=3.11"),
                *("--dest", folder, f"tensorflow-metal=={VERSION}"),
            ],
            check=True,
        )
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            kernels = read_kernels(archive.extract(LIBRARY, folder))
    content = {
        "plugin": f"tensorflow-metal {VERSION}",
        "read": f"{datetime.date.today()}, by scripts/read_metal_kernels.py: the library's own "
        "registration, run in an emulator",
        "kernels": kernels,
    }
    LIST.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(f"{LIST}: {len(kernels)} operations, {sum(map(len, kernels.values()))} kernels")


if __name__ == "__main__":
    main()
