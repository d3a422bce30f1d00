using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Ensembles.Sensitivity;

/// <summary>Functions with known indices, as models that rest and as back-ends that compute.</summary>
internal static class SensitivityModels
{
    /// <summary>Ishigami's function sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 as a recorded final expression "y".</summary>
    public static EnsemblePlan Ishigami(long size)
    {
        Expr[] x = [.. Enumerable.Range(1, 3).Select(i => Expr.Variable(VariableKind.Parameter, $"x{i}"))];
        return Plan(3, size, new Uniform(-Math.PI, Math.PI)) with
        {
            Recording = new()
            {
                Final = [new("y", Expr.Sin(x[0]) + (7.0 * Expr.Power(Expr.Sin(x[1]), 2.0)) + (0.1 * Expr.Power(x[2], 4.0) * Expr.Sin(x[0])))],
            },
        };
    }

    /// <summary>A plan over d parameters, whose result "y" a back-end computes.</summary>
    public static EnsemblePlan Plan(int d, long size, Distribution distribution)
    {
        var model = HybridAutomaton.Build("function", h =>
        {
            var rest = h.State("rest");
            for (int i = 1; i <= d; i++)
            {
                h.Parameter($"x{i}", 0.0);
            }

            h.Mode("only").Flow(rest, 0.0);
        });
        return new()
        {
            Model = model,
            Size = size,
            Until = 1e-3,
            Design = SamplingDesign.Sobol,
            Variations = [.. Enumerable.Range(1, d).Select(i => new Variation($"x{i}", distribution))],
            Recording = new() { Final = [new("y", Expr.Time)] },
        };
    }

    /// <summary>A back-end that computes the column "y" of a plan by a function of its samples.</summary>
    public static FormulaBackend Computing(Func<double[], double> function) => new(block =>
    {
        int column = block.Layout.FirstFinal;
        double[] x = new double[block.Layout.Samples.Length];
        for (int i = 0; i < block.Count; i++)
        {
            for (int v = 0; v < x.Length; v++)
            {
                x[v] = block.Sample(v)[i];
            }

            block.Scalars[(column * block.Count) + i] = function(x);
        }
    });
}
