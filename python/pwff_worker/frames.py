"""What goes through the pipes: eight bytes of length (little-endian), then a safetensors file as long.

A request and an answer stand as JSON in the file's metadata, under "json"; its tensors are their arrays.
src/learning/model/python/frames.ts is the other end.
"""

import json
import os
import queue
import struct
import sys
import threading

DTYPES = {"F32": "<f4", "F64": "<f8", "I32": "<i4"}


class Pipes:
    """Frames in and out. From here on nothing else gets to standard output: prints go to standard error."""

    def __init__(self):
        self._output = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        self._frames = queue.Queue()
        threading.Thread(target=self._read_all, daemon=True).start()

    def next(self):
        """The next request and its arrays by name; waits for it."""
        return decoded(self._frames.get())

    def send(self, answer, arrays):
        for piece in encoded(answer, arrays):
            self._output.write(piece)
        self._output.flush()

    def _read_all(self):
        """In a thread of its own, so that the process ends with whoever asks, whatever it is at."""
        with open(0, "rb", buffering=0, closefd=False) as pipe:
            while True:
                (length,) = struct.unpack("<Q", read_fully(pipe, 8))
                self._frames.put(read_fully(pipe, length))


def read_fully(pipe, length):
    """So many bytes; the process ends where there are fewer."""
    frame = bytearray(length)
    done = 0
    while done < length:
        count = pipe.readinto(memoryview(frame)[done:])
        if not count:
            os._exit(0)
        done += count
    return frame


def encoded(answer, arrays):
    """The pieces of a frame, its length first. `arrays` are numpy's, each in one piece of memory."""
    names = {dtype: name for name, dtype in DTYPES.items()}
    header, end = {"__metadata__": {"json": json.dumps(answer)}}, 0
    for name, array in arrays.items():
        start, end = end, end + array.nbytes
        header[name] = {"dtype": names[array.dtype.str], "shape": array.shape, "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    yield struct.pack("<QQ", 8 + len(text) + end, len(text))
    yield text
    for array in arrays.values():
        yield array.tobytes()


def decoded(frame):
    import numpy

    (length,) = struct.unpack("<Q", frame[:8])
    header = json.loads(frame[8 : 8 + length])
    data = memoryview(frame)[8 + length :]
    metadata = header.pop("__metadata__")
    arrays = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        arrays[name] = numpy.frombuffer(data[start:end], DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return json.loads(metadata["json"]), arrays
