"""Write the digit network as ``digits.tflite``, for LiteRT.

Run on the host: ``python site/models/write_tflite.py``. Needs numpy, and flatbuffers and tflite from the
package index, and writes the same bytes every time.
"""

from __future__ import annotations

from pathlib import Path

import flatbuffers
import numpy as np
import tflite

HERE = Path(__file__).resolve().parent
ANY_BATCH = -1  # in a shape's signature


class Writer:
    """Puts a chain of layers together, each object when those that it refers to are written."""

    def __init__(self) -> None:
        self.builder = flatbuffers.Builder(1 << 18)
        self.buffers: list[int] = []
        self.tensors: list[int] = []
        self.operators: list[int] = []
        self.buffer(None)  # the first is that of tensors without numbers

    def buffer(self, numbers: np.ndarray | None) -> int:
        """Add numbers, or none; its place among the buffers."""
        data = None
        if numbers is not None:
            content = np.ascontiguousarray(numbers, "<f4").view(np.uint8).ravel()
            # What reads the numbers where they lie wants them at multiples of 16.
            self.builder.StartVector(1, content.size, 16)
            self.builder.head -= content.size
            self.builder.Bytes[self.builder.head : self.builder.head + content.size] = content.tobytes()
            data = self.builder.EndVector()
        tflite.BufferStart(self.builder)
        if data is not None:
            tflite.BufferAddData(self.builder, data)
        self.buffers.append(tflite.BufferEnd(self.builder))
        return len(self.buffers) - 1

    def tensor(self, name: str, shape: tuple[int, ...], numbers: np.ndarray | None = None) -> int:
        """Add a tensor; its place among the tensors. One without numbers has any batch size."""
        buffer = 0 if numbers is None else self.buffer(numbers)
        label = self.builder.CreateString(name)
        size = self.builder.CreateNumpyVector(np.array(shape, np.int32))
        signature = None
        if numbers is None:
            signature = self.builder.CreateNumpyVector(np.array((ANY_BATCH, *shape[1:]), np.int32))
        tflite.TensorStart(self.builder)
        tflite.TensorAddName(self.builder, label)
        tflite.TensorAddShape(self.builder, size)
        if signature is not None:
            tflite.TensorAddShapeSignature(self.builder, signature)
        tflite.TensorAddType(self.builder, tflite.TensorType.FLOAT32)
        tflite.TensorAddBuffer(self.builder, buffer)
        self.tensors.append(tflite.TensorEnd(self.builder))
        return len(self.tensors) - 1

    def operator(self, code: int, inputs: list[int], output: int, kind: int, options: int) -> None:
        """Add a step from tensors to a tensor."""
        given = self.builder.CreateNumpyVector(np.array(inputs, np.int32))
        made = self.builder.CreateNumpyVector(np.array([output], np.int32))
        tflite.OperatorStart(self.builder)
        tflite.OperatorAddOpcodeIndex(self.builder, code)
        tflite.OperatorAddInputs(self.builder, given)
        tflite.OperatorAddOutputs(self.builder, made)
        tflite.OperatorAddBuiltinOptionsType(self.builder, kind)
        tflite.OperatorAddBuiltinOptions(self.builder, options)
        self.operators.append(tflite.OperatorEnd(self.builder))

    def fully_connected(self, inputs: list[int], output: int, activation: int) -> None:
        """Add a layer: its input, matrix (outputs, inputs) and bias."""
        tflite.FullyConnectedOptionsStart(self.builder)
        tflite.FullyConnectedOptionsAddFusedActivationFunction(self.builder, activation)
        options = tflite.FullyConnectedOptionsEnd(self.builder)
        self.operator(0, inputs, output, tflite.BuiltinOptions.FullyConnectedOptions, options)

    def softmax(self, given: int, output: int) -> None:
        """Add the last step."""
        tflite.SoftmaxOptionsStart(self.builder)
        tflite.SoftmaxOptionsAddBeta(self.builder, 1.0)
        options = tflite.SoftmaxOptionsEnd(self.builder)
        self.operator(1, [given], output, tflite.BuiltinOptions.SoftmaxOptions, options)

    def finish(self, given: int, output: int) -> bytes:
        """The file of a network that leads from one tensor to another."""
        build = self.builder
        ends = [build.CreateNumpyVector(np.array([end], np.int32)) for end in (given, output)]
        tensors, operators = self.vector(self.tensors), self.vector(self.operators)
        tflite.SubGraphStart(build)
        tflite.SubGraphAddTensors(build, tensors)
        tflite.SubGraphAddInputs(build, ends[0])
        tflite.SubGraphAddOutputs(build, ends[1])
        tflite.SubGraphAddOperators(build, operators)
        graphs = self.vector([tflite.SubGraphEnd(build)])
        kinds = (tflite.BuiltinOperator.FULLY_CONNECTED, tflite.BuiltinOperator.SOFTMAX)
        codes = self.vector([self.code(kind) for kind in kinds])
        buffers = self.vector(self.buffers)
        tflite.ModelStart(build)
        tflite.ModelAddVersion(build, 3)
        tflite.ModelAddOperatorCodes(build, codes)
        tflite.ModelAddSubgraphs(build, graphs)
        tflite.ModelAddBuffers(build, buffers)
        build.Finish(tflite.ModelEnd(build), b"TFL3")
        return bytes(build.Output())

    def code(self, operator: int) -> int:
        """Add a kind of operator."""
        tflite.OperatorCodeStart(self.builder)
        tflite.OperatorCodeAddDeprecatedBuiltinCode(self.builder, operator)
        tflite.OperatorCodeAddBuiltinCode(self.builder, operator)
        tflite.OperatorCodeAddVersion(self.builder, 1)
        return tflite.OperatorCodeEnd(self.builder)

    def vector(self, objects: list[int]) -> int:
        """Add a list of objects."""
        self.builder.StartVector(4, len(objects), 4)
        for each in reversed(objects):
            self.builder.PrependUOffsetTRelative(each)
        return self.builder.EndVector()


def write_tflite(layers: Path, target: Path) -> None:
    """Write a perceptron that LiteRT reads: float32 (batch, inputs) in, probabilities out.

    Parameters
    ----------
    layers : Path
        What ``write_layers.py`` wrote.
    target : Path
        The ``.tflite``; of any batch size.
    """
    with np.load(layers) as numbers:
        weights = [numbers[name] for name in numbers.files]
    writer = Writer()
    last = first = writer.tensor("counts", (1, weights[0].shape[0]))
    for index in range(0, len(weights), 2):
        matrix, bias = weights[index : index + 2]
        is_last = index + 2 == len(weights)
        inputs = [
            last,
            writer.tensor(f"weight_{index // 2}", matrix.T.shape, matrix.T),
            writer.tensor(f"bias_{index // 2}", bias.shape, bias),
        ]
        last = writer.tensor(f"layer_{index // 2}", (1, bias.size))
        kind = tflite.ActivationFunctionType
        writer.fully_connected(inputs, last, kind.NONE if is_last else kind.RELU)
    probabilities = writer.tensor("probabilities", (1, weights[-1].size))
    writer.softmax(last, probabilities)
    target.write_bytes(writer.finish(first, probabilities))


if __name__ == "__main__":
    write_tflite(HERE / "digits-layers.npz", HERE / "digits.tflite")
