using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using HybridControl.Dynamics;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;
using OpCode = HybridControl.Symbolics.OpCode;

namespace HybridControl.Solvers;

/// <summary>Emits stages of a small system with all values in local variables: what a step and its dense output share.</summary>
/// <remarks>
/// The tableau is unrolled over the graph of the right-hand side. What depends on the data block only is computed once
/// for all stages; a state at rest costs nothing. Sums over stages use fused multiply-adds where the processor has them; they
/// begin with the oldest stage, so that all but their last product is done before the newest slope is known.
/// </remarks>
internal abstract class StageEmitter
{
    private const short Time = 0;
    private const short States = 2;
    private const short Data = 3;
    private const short Work = 4;

    private readonly GraphWriter _writer;
    private readonly StageTarget _target;
    private readonly ExprProgram _program;
    private readonly LocalBuilder?[,] _slopes;

    protected StageEmitter(ILGenerator il, FieldBuilder? tables, ButcherTableau tableau, OdeFunction function)
    {
        IL = il;
        Tableau = tableau;
        N = function.Dimension;
        _program = function.Program!;
        Start = new LocalBuilder?[N];
        _slopes = new LocalBuilder?[tableau.Stages + tableau.Extra.Length, N];
        _target = new StageTarget(il, tables, il.DeclareLocal(typeof(double)), new LocalBuilder[N]);
        _writer = new GraphWriter(_program, _target);
    }

    /// <summary>Number of the argument h.</summary>
    protected static short Size => 1;

    /// <summary>Where the code goes.</summary>
    protected ILGenerator IL { get; }

    /// <summary>The coefficients.</summary>
    protected ButcherTableau Tableau { get; }

    /// <summary>The number of states.</summary>
    protected int N { get; }

    /// <summary>The states at the start of the step.</summary>
    protected LocalBuilder?[] Start { get; }

    /// <summary>Whether the derivative of a state is zero.</summary>
    protected bool Rests(int state)
    {
        GraphNode node = _program.Instructions[_program.Outputs[state]];
        return node.Op == OpCode.Constant && node.Value == 0.0;
    }

    /// <summary>The states that move.</summary>
    protected IEnumerable<int> Moving => Enumerable.Range(0, N).Where(i => !Rests(i));

    /// <summary>Loads the states at the start and the slopes of the first <paramref name="stages"/> stages, and computes what data alone decide.</summary>
    protected void WriteStart(int stages)
    {
        for (int i = 0; i < N; i++)
        {
            Start[i] = Load(States, i);
            for (int stage = 0; stage < stages && !Rests(i); stage++)
            {
                _slopes[stage, i] = Load(Work, ((stage + 1) * N) + i);
            }
        }

        _writer.PushInvariants();
    }

    /// <summary>Computes the states of a stage.</summary>
    /// <returns>The states; those at rest are where they were.</returns>
    protected LocalBuilder[] WriteStates(IReadOnlyList<double> row)
    {
        LocalBuilder[] values = [.. Enumerable.Range(0, N).Select(i => Rests(i) ? Start[i]! : IL.DeclareLocal(typeof(double)))];
        int[] used = Used(row);
        bool early = Tableau.Order > 5 && used.Length > 1;
        int together = early ? used.Length - 1 : used.Length;
        for (int j = 0; j < together; j++)
        {
            foreach (int i in Moving)
            {
                PushTerm(row[used[j]], used[j], i, j == 0 ? null : values[i]);
                IL.Emit(OpCodes.Stloc, values[i]);
            }
        }

        foreach (int i in Moving)
        {
            PushProductSum(() => IL.Emit(OpCodes.Ldarg, Size), () => IL.Emit(OpCodes.Ldloc, values[i]), () => IL.Emit(OpCodes.Ldloc, Start[i]!));
            IL.Emit(OpCodes.Stloc, values[i]);
        }

        if (early)
        {
            LocalBuilder weight = IL.DeclareLocal(typeof(double));
            IL.Emit(OpCodes.Ldarg, Size);
            IL.Emit(OpCodes.Ldc_R8, row[used[^1]]);
            IL.Emit(OpCodes.Mul);
            IL.Emit(OpCodes.Stloc, weight);
            foreach (int i in Moving)
            {
                PushProductSum(() => IL.Emit(OpCodes.Ldloc, weight), () => IL.Emit(OpCodes.Ldloc, _slopes[used[^1], i]!),
                    () => IL.Emit(OpCodes.Ldloc, values[i]));
                IL.Emit(OpCodes.Stloc, values[i]);
            }
        }

        return values;
    }

    /// <summary>Computes the slopes of a stage from its states and stores them.</summary>
    protected void WriteSlopes(int stage, double node, LocalBuilder[] states)
    {
        _writer.Forget();
        PushProductSum(() => IL.Emit(OpCodes.Ldc_R8, node), () => IL.Emit(OpCodes.Ldarg, Size), () => IL.Emit(OpCodes.Ldarg, Time));
        IL.Emit(OpCodes.Stloc, _target.TimeLocal);
        states.CopyTo(_target.StateLocals, 0);
        _writer.PushQuartets();
        foreach (int i in Moving)
        {
            LocalBuilder slope = IL.DeclareLocal(typeof(double));
            _writer.Push(_program.Outputs[i]);
            IL.Emit(OpCodes.Stloc, slope);
            Store(((stage + 1) * N) + i, slope);
            _slopes[stage, i] = slope;
        }
    }

    /// <summary>The slope of a state in a stage that was written or loaded.</summary>
    protected LocalBuilder Slope(int stage, int state) => _slopes[stage, state]!;

    /// <summary>Computes a weighted sum of slopes for each state that moves; the others have none.</summary>
    /// <remarks>
    /// One product of every state after the other: sums that do not wait for each other, and a running sum that is not the last
    /// statement's result stays in one register, which the fused instruction then overwrites.
    /// </remarks>
    protected LocalBuilder?[] WriteSums(IReadOnlyList<double> weights)
    {
        LocalBuilder?[] sums = [.. Enumerable.Range(0, N).Select(i => Rests(i) ? null : IL.DeclareLocal(typeof(double)))];
        int[] used = Used(weights);
        for (int j = 0; j < used.Length; j++)
        {
            foreach (int i in Moving)
            {
                PushTerm(weights[used[j]], used[j], i, j == 0 ? null : sums[i]);
                IL.Emit(OpCodes.Stloc, sums[i]!);
            }
        }

        return sums;
    }

    /// <summary>Pushes a b + c, fused where the processor can: faster, and one rounding fewer.</summary>
    protected void PushProductSum(Action a, Action b, Action c)
    {
        a();
        b();
        if (Fma.IsSupported)
        {
            c();
            IL.Emit(OpCodes.Call, typeof(Math).GetMethod(nameof(Math.FusedMultiplyAdd))!);
        }
        else
        {
            IL.Emit(OpCodes.Mul);
            c();
            IL.Emit(OpCodes.Add);
        }
    }

    /// <summary>Stores a value in the work block.</summary>
    protected void Store(int index, LocalBuilder value)
    {
        SpanTarget.LoadAddress(IL, Work, index, typeof(double));
        IL.Emit(OpCodes.Ldloc, value);
        IL.Emit(OpCodes.Stind_R8);
    }

    // 0 * NaN is NaN: an unused stage must not spread its value
    private static int[] Used(IReadOnlyList<double> weights) => [.. Enumerable.Range(0, weights.Count).Where(j => weights[j] != 0.0)];

    private void PushTerm(double weight, int stage, int state, LocalBuilder? sum)
    {
        void PushWeight() => IL.Emit(OpCodes.Ldc_R8, weight);
        void PushSlope() => IL.Emit(OpCodes.Ldloc, _slopes[stage, state]!);
        if (sum is null)
        {
            PushWeight();
            PushSlope();
            IL.Emit(OpCodes.Mul);
        }
        else
        {
            PushProductSum(PushWeight, PushSlope, () => IL.Emit(OpCodes.Ldloc, sum));
        }
    }

    private LocalBuilder Load(short argument, int index)
    {
        LocalBuilder local = IL.DeclareLocal(typeof(double));
        SpanTarget.LoadAddress(IL, argument, index, typeof(double));
        IL.Emit(OpCodes.Ldind_R8);
        IL.Emit(OpCodes.Stloc, local);
        return local;
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
