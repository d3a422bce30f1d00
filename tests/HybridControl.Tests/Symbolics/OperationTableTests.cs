using HybridControl.Symbolics;

namespace HybridControl.Tests.Symbolics;

public class OperationTableTests
{
    // These are lowered to other operations, or made by lowering.
    private static readonly OpCode[] WithoutOperation = [OpCode.Time, OpCode.State, OpCode.Data, OpCode.Square];
    private static readonly Operation[] WithoutCode =
    [
        Operation.Variable, Operation.Alias, Operation.Modulo, Operation.LinearForm,
        Operation.Uniform, Operation.Normal, Operation.Exponential,
    ];

    [Test]
    public void An_op_code_goes_back_to_the_operation_of_its_name()
    {
        foreach (OpCode code in Enum.GetValues<OpCode>().Except(WithoutOperation))
        {
            Assert.That(code.ToOperation().ToString(), Is.EqualTo(code.ToString()));
            Assert.That(code.ToOperation().ToCode(), Is.EqualTo(code));
        }
    }

    [Test]
    public void Every_other_operation_has_an_op_code() => Assert.That(
        Enum.GetValues<Operation>().Except(WithoutCode).Select(operation => $"{operation.ToCode()}"),
        Is.EqualTo(Enum.GetValues<Operation>().Except(WithoutCode).Select(operation => $"{operation}")));
}
