using System.Reflection.Emit;
using HybridControl.Dynamics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Solvers;

/// <summary>Emits what only the dense output of a small system needs: extra stages, and the sums behind theta^2 (1 - theta)^2.</summary>
internal sealed class WholeDenseEmitter : StageEmitter
{
    private WholeDenseEmitter(ILGenerator il, FieldBuilder? tables, ButcherTableau tableau, OdeFunction function)
        : base(il, tables, tableau, function)
    {
    }

    /// <summary>Emits the dense output of <paramref name="tableau"/> for <paramref name="function"/>.</summary>
    public static DenseFunction Emit(ButcherTableau tableau, OdeFunction function)
    {
        var emitter = new FunctionEmitter("Dense", function.Graph!);
        Type reference = typeof(double).MakeByRefType();
        ILGenerator il = emitter.AddMethod(
            "Dense", typeof(void), [typeof(double), typeof(double), reference, reference, reference],
            out string name, out FieldBuilder? tables);
        new WholeDenseEmitter(il, tables, tableau, function).Write();
        emitter.Bake();
        return emitter.Bind<DenseFunction>(name);
    }

    private void Write()
    {
        WriteStart(Tableau.Stages);
        for (int i = 0; i < Tableau.Extra.Length; i++)
        {
            WriteSlopes(Tableau.Stages + i, ButcherTableau.NodeOf(Tableau.Extra[i].AsSpan()), WriteStates(Tableau.Extra[i]));
        }

        for (int m = 0; m < Tableau.D.Length; m++)
        {
            LocalBuilder?[] sums = WriteSums(Tableau.D[m]);
            foreach (int i in Moving)
            {
                IL.Emit(OpCodes.Ldarg, Size);
                IL.Emit(OpCodes.Ldloc, sums[i]!);
                IL.Emit(OpCodes.Mul);
                IL.Emit(OpCodes.Stloc, sums[i]!);
                Store(((Tableau.Stages + Tableau.Extra.Length + 1 + m) * N) + i, sums[i]!);
            }
        }

        IL.Emit(OpCodes.Ret);
    }
}
