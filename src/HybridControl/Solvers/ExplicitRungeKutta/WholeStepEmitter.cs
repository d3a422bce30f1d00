using System.Reflection.Emit;
using HybridControl.Dynamics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Solvers;

/// <summary>Emits one whole trial step of a small system: stages, sums and error norm in local variables.</summary>
internal sealed class WholeStepEmitter : StageEmitter
{
    private const short Relative = 5;
    private const short Absolute = 6;

    private WholeStepEmitter(ILGenerator il, FieldBuilder? tables, ButcherTableau tableau, OdeFunction function)
        : base(il, tables, tableau, function)
    {
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

    private void Write()
    {
        WriteStart(stages: 1);
        int last = Tableau.Stages - 1;
        for (int stage = 1; stage < last; stage++)
        {
            WriteSlopes(stage, Tableau.C[stage], WriteStates(Tableau.A[stage - 1]));
        }

        LocalBuilder[] end = WriteStates(Tableau.A[last - 1]);
        for (int i = 0; i < N; i++)
        {
            Store(i, end[i]);
        }

        LocalBuilder error = IL.DeclareLocal(typeof(double));
        if (Tableau.RefusesEarly && Moving.Any())
        {
            WriteError(end, error);
            WriteRefusal(error);
            WriteSlopes(last, Tableau.C[last], end);
            WriteTaint(error);
        }
        else
        {
            WriteSlopes(last, Tableau.C[last], end);
            WriteError(end, error);
        }

        IL.Emit(OpCodes.Ldloc, error);
        IL.Emit(OpCodes.Ret);
    }

    // Without the slope at the end if that cannot be accepted, or is not a number.
    private void WriteRefusal(LocalBuilder error)
    {
        Label goesOn = IL.DefineLabel();
        IL.Emit(OpCodes.Ldloc, error);
        IL.Emit(OpCodes.Ldc_R8, 1.0);
        IL.Emit(OpCodes.Ble, goesOn);
        IL.Emit(OpCodes.Ldloc, error);
        IL.Emit(OpCodes.Ret);
        IL.MarkLabel(goesOn);
    }

    // A slope at the end that is not finite makes the error NaN: 0 * NaN and 0 * infinity are.
    private void WriteTaint(LocalBuilder error)
    {
        foreach (int i in Moving)
        {
            PushProductSum(() => IL.Emit(OpCodes.Ldc_R8, 0.0), () => IL.Emit(OpCodes.Ldloc, Slope(Tableau.Stages - 1, i)),
                () => IL.Emit(OpCodes.Ldloc, error));
            IL.Emit(OpCodes.Stloc, error);
        }
    }

    private void WriteError(LocalBuilder[] end, LocalBuilder error)
    {
        int moving = Moving.Count();
        if (Tableau.E.IsEmpty || moving == 0)
        {
            IL.Emit(OpCodes.Ldc_R8, 0.0);
            IL.Emit(OpCodes.Stloc, error);
            return;
        }

        LocalBuilder ratio = IL.DeclareLocal(typeof(double));
        LocalBuilder sum = IL.DeclareLocal(typeof(double));
        LocalBuilder companion = IL.DeclareLocal(typeof(double));
        LocalBuilder?[] errors = WriteSums(Tableau.E);
        LocalBuilder?[] companions = WriteSums(Tableau.Companion);
        bool first = true;
        foreach (int i in Moving)
        {
            LocalBuilder scale = IL.DeclareLocal(typeof(double));
            PushProductSum(() => IL.Emit(OpCodes.Ldarg, Relative), () => PushLarger(Start[i]!, end[i]),
                () => IL.Emit(OpCodes.Ldarg, Absolute));
            IL.Emit(OpCodes.Stloc, scale);
            WriteSquare(errors[i]!, scale, ratio, sum, first);
            if (!Tableau.Companion.IsEmpty)
            {
                WriteSquare(companions[i]!, scale, ratio, companion, first);
            }

            first = false;
        }

        IL.Emit(OpCodes.Ldloc, sum);
        if (!Tableau.Companion.IsEmpty)
        {
            PushCompanionFactor(sum, companion);
            IL.Emit(OpCodes.Mul);
        }

        IL.Emit(OpCodes.Ldc_R8, 1.0 / moving);
        IL.Emit(OpCodes.Mul);
        IL.Emit(OpCodes.Stloc, error);
    }

    // sum / (sum + companion / 100), and zero where both are
    private void PushCompanionFactor(LocalBuilder sum, LocalBuilder companion)
    {
        IL.Emit(OpCodes.Ldloc, sum);
        PushProductSum(() => IL.Emit(OpCodes.Ldc_R8, SpanStep.CompanionWeight), () => IL.Emit(OpCodes.Ldloc, companion),
            () => IL.Emit(OpCodes.Ldloc, sum));
        IL.Emit(OpCodes.Ldc_R8, SpanStep.Tiny);
        IL.Emit(OpCodes.Add);
        IL.Emit(OpCodes.Div);
    }

    // Adds (h * error / scale)^2 to a sum.
    private void WriteSquare(LocalBuilder error, LocalBuilder scale, LocalBuilder ratio, LocalBuilder sum, bool first)
    {
        IL.Emit(OpCodes.Ldarg, Size);
        IL.Emit(OpCodes.Ldloc, error);
        IL.Emit(OpCodes.Mul);
        IL.Emit(OpCodes.Ldloc, scale);
        IL.Emit(OpCodes.Div);
        IL.Emit(OpCodes.Stloc, ratio);
        void PushRatio() => IL.Emit(OpCodes.Ldloc, ratio);
        if (first)
        {
            PushRatio();
            PushRatio();
            IL.Emit(OpCodes.Mul);
        }
        else
        {
            PushProductSum(PushRatio, PushRatio, () => IL.Emit(OpCodes.Ldloc, sum));
        }

        IL.Emit(OpCodes.Stloc, sum);
    }

    private void PushLarger(LocalBuilder start, LocalBuilder end)
    {
        PushAbsolute(start);
        PushAbsolute(end);
        IL.Emit(OpCodes.Call, typeof(Math).GetMethod(nameof(Math.Max), [typeof(double), typeof(double)])!);
    }

    private void PushAbsolute(LocalBuilder value)
    {
        IL.Emit(OpCodes.Ldloc, value);
        IL.Emit(OpCodes.Call, typeof(Math).GetMethod(nameof(Math.Abs), [typeof(double)])!);
    }
}
