using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <content>Flows that are C# methods: they see the states and data that the model declares.</content>
internal sealed partial class ModeCompiler
{
    private delegate ReadOnlySpan<double> DataView(double time, ref double data);

    private static OdeFunction OfDelegate(CompiledAutomaton owner, DelegateFlow flow)
    {
        int n = owner.VisibleStates;
        int hidden = owner.StateCount - n;
        DataView view = ViewOf(owner);
        void Derivatives(double time, ref double states, ref double data, ref double results)
        {
            flow.Function(
                time,
                MemoryMarshal.CreateReadOnlySpan(ref states, n),
                view(time, ref data),
                MemoryMarshal.CreateSpan(ref results, n));
            MemoryMarshal.CreateSpan(ref Unsafe.Add(ref results, n), hidden).Clear();
        }

        MatrixFunction? jacobian = flow.Jacobian is { } given
            ? (double time, ref double states, ref double data, MathNet.Numerics.LinearAlgebra.Matrix<double> result) =>
                given(time, MemoryMarshal.CreateReadOnlySpan(ref states, n), view(time, ref data), result)
            : null;
        return new(owner.StateCount, Derivatives, null, null)
        {
            Jacobian = jacobian is null ? null : (jacobian, n),
            Pattern = flow.Pattern is null || hidden == 0 ? flow.Pattern : SparsityPattern.Of(owner.StateCount, flow.Pattern.Entries()),
        };
    }

    private static DataView ViewOf(CompiledAutomaton owner)
    {
        int known = owner.Automaton.Parameters.Length + owner.Automaton.Discretes.Length;
        int block = owner.DataCount;
        InputSlots[] inputs = owner.Inputs;
        var scratch = new ThreadLocal<double[]>(() => new double[known + inputs.Length]);
        ExprProgram[] values =
        [
            .. owner.Automaton.Inputs.Select(
                input => ExprProgram.Compile(owner.Slots, Expr.Variable(VariableKind.Input, input.Name))),
        ];
        return (double time, ref double data) =>
        {
            double[] visible = scratch.Value!;
            Span<double> all = MemoryMarshal.CreateSpan(ref data, block);
            all[..known].CopyTo(visible);
            for (int i = 0; i < inputs.Length; i++)
            {
                if (inputs[i].IsDelegate)
                {
                    inputs[i].Write(time, all);
                }

                visible[known + i] = values[i].EvaluateScalar(time, [], all);
            }

            return visible;
        };
    }
}
