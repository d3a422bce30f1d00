using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using HybridControl.Dynamics;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;
using OpCode = HybridControl.Symbolics.OpCode;

namespace HybridControl.Solvers;

/// <summary>Emits one whole trial step of a small system: stages, sums and error norm in local variables.</summary>
/// <remarks>
/// The tableau is unrolled over the graph of the right-hand side. What depends on the data block only is computed once
/// for all stages; a state at rest costs nothing. Sums over stages use fused multiply-adds where the processor has them.
/// </remarks>
internal sealed class WholeStepEmitter
{
    private const short Time = 0;
    private const short Size = 1;
    private const short States = 2;
    private const short Data = 3;
    private const short Work = 4;
    private const short Relative = 5;
    private const short Absolute = 6;

    private readonly ILGenerator _il;
    private readonly ButcherTableau _tableau;
    private readonly ExprProgram _program;
    private readonly GraphWriter _writer;
    private readonly StageTarget _target;
    private readonly int _n;
    private readonly LocalBuilder?[] _start;
    private readonly LocalBuilder?[,] _slopes;
    private readonly LocalBuilder?[] _end;

    private WholeStepEmitter(ILGenerator il, FieldBuilder? tables, ButcherTableau tableau, OdeFunction function)
    {
        _il = il;
        _tableau = tableau;
        _program = function.Program!;
        _n = function.Dimension;
        _start = new LocalBuilder?[_n];
        _end = new LocalBuilder?[_n];
        _slopes = new LocalBuilder?[tableau.Stages, _n];
        _target = new StageTarget(il, tables, il.DeclareLocal(typeof(double)), new LocalBuilder[_n]);
        _writer = new GraphWriter(_program, _target);
    }

    /// <summary>Emits the step of <paramref name="tableau"/> for <paramref name="function"/>.</summary>
    public static StepFunction Emit(ButcherTableau tableau, OdeFunction function)
    {
        var emitter = new FunctionEmitter("Step", function.Graph!);
        Type reference = typeof(double).MakeByRefType();
        ILGenerator il = emitter.AddMethod(
            "Step",
            typeof(double),
            [typeof(double), typeof(double), reference, reference, reference, typeof(double), typeof(double)],
            out string name,
            out FieldBuilder? tables);
        new WholeStepEmitter(il, tables, tableau, function).Write();
        emitter.Bake();
        return emitter.Bind<StepFunction>(name);
    }

    private bool Rests(int state)
    {
        GraphNode node = _program.Instructions[_program.Outputs[state]];
        return node.Op == OpCode.Constant && node.Value == 0.0;
    }

    private void Write()
    {
        for (int i = 0; i < _n; i++)
        {
            _start[i] = Load(States, i);
            if (!Rests(i))
            {
                _slopes[0, i] = Load(Work, _n + i);
            }
        }

        _writer.PushInvariants();
        for (int stage = 1; stage < _tableau.Stages; stage++)
        {
            WriteStage(stage);
        }

        WriteError();
        _il.Emit(OpCodes.Ret);
    }

    private void WriteStage(int stage)
    {
        bool last = stage == _tableau.Stages - 1;
        _writer.Forget();
        PushProductSum(() => _il.Emit(OpCodes.Ldc_R8, _tableau.C[stage]), () => _il.Emit(OpCodes.Ldarg, Size),
            () => _il.Emit(OpCodes.Ldarg, Time));
        _il.Emit(OpCodes.Stloc, _target.TimeLocal);
        for (int i = 0; i < _n; i++)
        {
            LocalBuilder value = _start[i]!;
            if (!Rests(i))
            {
                int state = i;
                value = _il.DeclareLocal(typeof(double));
                PushProductSum(() => _il.Emit(OpCodes.Ldarg, Size), () => PushWeighted(_tableau.A[stage - 1], state),
                    () => _il.Emit(OpCodes.Ldloc, _start[state]!));
                _il.Emit(OpCodes.Stloc, value);
            }

            _target.StateLocals[i] = value;
            if (last)
            {
                Store(i, value);
                _end[i] = value;
            }
        }

        for (int i = 0; i < _n; i++)
        {
            if (Rests(i))
            {
                continue;
            }

            LocalBuilder slope = _il.DeclareLocal(typeof(double));
            _writer.Push(_program.Outputs[i]);
            _il.Emit(OpCodes.Stloc, slope);
            Store(((stage + 1) * _n) + i, slope);
            _slopes[stage, i] = slope;
        }
    }

    private void WriteError()
    {
        int moving = Enumerable.Range(0, _n).Count(i => !Rests(i));
        if (_tableau.E.IsEmpty || moving == 0)
        {
            _il.Emit(OpCodes.Ldc_R8, 0.0);
            return;
        }

        LocalBuilder ratio = _il.DeclareLocal(typeof(double));
        LocalBuilder sum = _il.DeclareLocal(typeof(double));
        bool first = true;
        for (int i = 0; i < _n; i++)
        {
            if (Rests(i))
            {
                continue;
            }

            int state = i;
            _il.Emit(OpCodes.Ldarg, Size);
            PushWeighted(_tableau.E, i);
            _il.Emit(OpCodes.Mul);
            PushProductSum(() => _il.Emit(OpCodes.Ldarg, Relative), () => PushLarger(state),
                () => _il.Emit(OpCodes.Ldarg, Absolute));
            _il.Emit(OpCodes.Div);
            _il.Emit(OpCodes.Stloc, ratio);
            if (first)
            {
                _il.Emit(OpCodes.Ldloc, ratio);
                _il.Emit(OpCodes.Ldloc, ratio);
                _il.Emit(OpCodes.Mul);
            }
            else
            {
                PushProductSum(() => _il.Emit(OpCodes.Ldloc, ratio), () => _il.Emit(OpCodes.Ldloc, ratio),
                    () => _il.Emit(OpCodes.Ldloc, sum));
            }

            _il.Emit(OpCodes.Stloc, sum);
            first = false;
        }

        _il.Emit(OpCodes.Ldloc, sum);
        _il.Emit(OpCodes.Ldc_R8, 1.0 / moving);
        _il.Emit(OpCodes.Mul);
    }

    private void PushLarger(int state)
    {
        PushAbsolute(_start[state]!);
        PushAbsolute(_end[state]!);
        _il.Emit(OpCodes.Call, typeof(Math).GetMethod(nameof(Math.Max), [typeof(double), typeof(double)])!);
    }

    private void PushAbsolute(LocalBuilder value)
    {
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Call, typeof(Math).GetMethod(nameof(Math.Abs), [typeof(double)])!);
    }

    private void PushWeighted(IReadOnlyList<double> weights, int state)
    {
        bool first = true;
        for (int j = 0; j < weights.Count; j++)
        {
            int stage = j;
            if (weights[j] == 0.0)
            {
                continue; // 0 * NaN is NaN: an unused stage must not spread its value
            }

            if (first)
            {
                _il.Emit(OpCodes.Ldc_R8, weights[j]);
                _il.Emit(OpCodes.Ldloc, _slopes[j, state]!);
                _il.Emit(OpCodes.Mul);
                first = false;
            }
            else
            {
                LocalBuilder partial = _il.DeclareLocal(typeof(double));
                _il.Emit(OpCodes.Stloc, partial);
                PushProductSum(() => _il.Emit(OpCodes.Ldc_R8, weights[stage]),
                    () => _il.Emit(OpCodes.Ldloc, _slopes[stage, state]!), () => _il.Emit(OpCodes.Ldloc, partial));
            }
        }
    }

    // a * b + c, fused where the processor can: faster, and one rounding fewer.
    private void PushProductSum(Action a, Action b, Action c)
    {
        a();
        b();
        if (Fma.IsSupported)
        {
            c();
            _il.Emit(OpCodes.Call, typeof(Math).GetMethod(nameof(Math.FusedMultiplyAdd))!);
        }
        else
        {
            _il.Emit(OpCodes.Mul);
            c();
            _il.Emit(OpCodes.Add);
        }
    }

    private LocalBuilder Load(short argument, int index)
    {
        LocalBuilder local = _il.DeclareLocal(typeof(double));
        SpanTarget.LoadAddress(_il, argument, index, typeof(double));
        _il.Emit(OpCodes.Ldind_R8);
        _il.Emit(OpCodes.Stloc, local);
        return local;
    }

    private void Store(int index, LocalBuilder value)
    {
        SpanTarget.LoadAddress(_il, Work, index, typeof(double));
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Stind_R8);
    }

    /// <summary>Leaves of one stage: its time and its states are local variables.</summary>
    private sealed class StageTarget : SpanTarget
    {
        public StageTarget(ILGenerator il, FieldBuilder? tables, LocalBuilder time, LocalBuilder[] states)
            : base(il, typeof(double), tables, Time, States, Data) => (TimeLocal, StateLocals) = (time, states);

        public LocalBuilder TimeLocal { get; }

        public LocalBuilder[] StateLocals { get; }

        public override void LoadTime() => IL.Emit(OpCodes.Ldloc, TimeLocal);

        public override void LoadState(int index) => IL.Emit(OpCodes.Ldloc, StateLocals[index]);
    }
}
