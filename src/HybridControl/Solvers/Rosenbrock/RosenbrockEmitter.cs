using System.Reflection.Emit;
using HybridControl.Dynamics;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Solvers;

/// <summary>Emits one whole trial step of a small stiff system: Jacobian, factors, stages and error in local variables.</summary>
/// <remarks>
/// The work block is that of the stepper: states at the end, slopes at the start (read), stages, and slopes at the end, which
/// are written if the error is small enough, which may then turn out to be larger inside the step. The result is -1 if a pivot of the fixed order is too small to be trusted.
/// </remarks>
internal static class RosenbrockEmitter
{
    private const short Time = 0;
    private const short Size = 1;
    private const short States = 2;
    private const short Data = 3;
    private const short Work = 4;
    private const short Relative = 5;
    private const short Absolute = 6;

    /// <summary>Emits the step of <paramref name="tableau"/> for <paramref name="function"/>, a right-hand side of expressions.</summary>
    public static StepFunction Emit(RosenbrockTableau tableau, OdeFunction function)
    {
        int n = function.Dimension;
        var raised = new RaisedProgram(function.Program!, n);
        Expr[] x = [.. raised.States];
        int first = raised.Slots.DataCount;
        Expr Own(string name)
        {
            raised.Slots.Add(VariableKind.Parameter, name);
            return Expr.Variable(VariableKind.Parameter, name);
        }

        (Expr size, Expr relative, Expr absolute) = (Own("size"), Own("relative"), Own("absolute"));
        Expr[] flow = [.. raised.Outputs.Select(output => Simplifier.Simplify(output))];
        Expr[] slopes = [.. flow.Select((f, i) => f.IsConstant ? f : Own(FormattableString.Invariant($"slope{i}")))];
        int[] slots = [.. Enumerable.Range(0, n).Where(i => !slopes[i].IsConstant)];
        Expr[] Flow(Expr[] states, Expr time) => At(flow, x, states, time);
        RosenbrockFormulas step = RosenbrockFormulas.Of(
            tableau, Flow, FlowDerivatives.Of(flow, x), x, slopes, Expr.Time, size, Expr.Time + size);

        var graph = new ExprGraph(raised.Slots);
        var outputs = new List<int>();
        int Output(Expr e)
        {
            outputs.Add(graph.Add(e));
            return outputs.Count - 1;
        }

        int pivots = Output(step.Pivots);
        (int Place, int Output)[] stages =
        [
            .. step.Stages.SelectMany((stage, s) => stage.Select((u, i) => (Place: ((s + 2) * n) + i, Value: u)))
                .Where(entry => entry.Value is not null).Select(entry => (entry.Place, Output(entry.Value!))),
        ];
        (int Place, int Output)[] ends = [.. step.States.Select((value, i) => (i, Output(value)))];
        int error = Output(step.SquaredError(x, relative, absolute));
        (Expr all, Expr stiff) = step.SquaredDefect(tableau, function.Leading, Flow, x, Expr.Time, size, relative, absolute);
        (int everything, int defect) = (Output(all), Output(stiff));
        (int Place, int Output)[] after = [.. step.Slopes.Select((value, i) => (((tableau.Stages + 2) * n) + i, Output(value)))];
        var program = new ExprProgram(graph, outputs.ToArray());

        var emitter = new FunctionEmitter("Rosenbrock", graph);
        Type reference = typeof(double).MakeByRefType();
        ILGenerator il = emitter.AddMethod(
            "Step",
            typeof(double),
            [typeof(double), typeof(double), reference, reference, reference, typeof(double), typeof(double)],
            out string name,
            out FieldBuilder? tables);
        var writer = new GraphWriter(program, new StepTarget(il, tables, n, first, slots), fuses: true);
        void Store((int Place, int Output)[] entries)
        {
            foreach ((int place, int output) in entries)
            {
                SpanTarget.LoadAddress(il, Work, place, typeof(double));
                writer.Push(program.Outputs[output]);
                il.Emit(OpCodes.Stind_R8);
            }
        }

        Label trusted = il.DefineLabel();
        writer.Push(program.Outputs[pivots]);
        il.Emit(OpCodes.Ldc_R8, 0.0);
        il.Emit(OpCodes.Bge, trusted);
        il.Emit(OpCodes.Ldc_R8, -1.0);
        il.Emit(OpCodes.Ret);
        il.MarkLabel(trusted);
        Store(stages);
        Store(ends);
        LocalBuilder result = il.DeclareLocal(typeof(double));
        Label rejected = il.DefineLabel();
        writer.Push(program.Outputs[error]);
        il.Emit(OpCodes.Stloc, result);
        il.Emit(OpCodes.Ldloc, result);
        il.Emit(OpCodes.Ldc_R8, 1.0);
        il.Emit(OpCodes.Bgt_Un, rejected);
        Store(after);
        writer.Push(program.Outputs[everything]);
        il.Emit(OpCodes.Ldloc, result);
        il.Emit(OpCodes.Ble, rejected);
        il.Emit(OpCodes.Ldloc, result);
        writer.Push(program.Outputs[defect]);
        il.Emit(OpCodes.Call, typeof(Math).GetMethod(nameof(Math.Max), [typeof(double), typeof(double)])!);
        il.Emit(OpCodes.Ret);
        il.MarkLabel(rejected);
        il.Emit(OpCodes.Ldloc, result);
        il.Emit(OpCodes.Ret);
        emitter.Bake();
        return emitter.Bind<StepFunction>(name);
    }

    private static Expr[] At(Expr[] flow, Expr[] x, Expr[] states, Expr time)
    {
        var values = new Dictionary<Expr, Expr>();
        for (int i = 0; i < x.Length; i++)
        {
            values.Add(x[i], states[i]);
        }

        values.Add(Expr.Time, time);
        var replacement = new Replacement(e => values.GetValueOrDefault(e));
        return [.. flow.Select(replacement.Of)];
    }

    /// <summary>Leaves of the step: what is no data of the model is an argument, or a slope in the work block.</summary>
    private sealed class StepTarget(ILGenerator il, FieldBuilder? tables, int n, int first, int[] slopes)
        : SpanTarget(il, typeof(double), tables, Time, States, Data)
    {
        public override void LoadData(int slot)
        {
            int own = slot - first;
            if (own < 0)
            {
                base.LoadData(slot);
            }
            else if (own < 3)
            {
                IL.Emit(OpCodes.Ldarg, own == 0 ? Size : own == 1 ? Relative : Absolute);
            }
            else
            {
                LoadAddress(IL, Work, n + slopes[own - 3], typeof(double));
                IL.Emit(OpCodes.Ldind_R8);
            }
        }
    }
}
