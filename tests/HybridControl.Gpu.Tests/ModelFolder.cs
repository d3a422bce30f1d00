using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Serialization;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Gpu.Tests;

/// <summary>The model files that come with the library.</summary>
internal static class ModelFolder
{
    /// <summary>Their names.</summary>
    public static string[] Files() => [.. Directory.GetFiles(Folder(), "*.json").Select(Path.GetFileName).Order()!];

    /// <summary>A model.</summary>
    public static HybridAutomaton Load(string name) => ModelFile.Load(Path.Combine(Folder(), name));

    /// <summary>A plan that records what a machine can record: a grid, events, extrema.</summary>
    public static EnsemblePlan PlanOf(string name)
    {
        HybridAutomaton model = Load(name);
        return new()
        {
            Model = model,
            Size = 64,
            Until = 2.0,
            Recording = new()
            {
                EventSlots = 16,
                GridTimes = [0.0, 0.5, 1.0],
                Grid = [new("first", Expr.Variable(VariableKind.State, model.States[0].Name))],
                GridMode = true,
            },
        };
    }

    private static string Folder()
    {
        DirectoryInfo? folder = new(TestContext.CurrentContext.TestDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HybridControl.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "models");
    }

    /// <summary>Robertson's reaction under a Rosenbrock method, with different rates of the slow step.</summary>
    public static EnsemblePlan Stiff => new()
    {
        Model = HybridAutomaton.Build("robertson", h =>
        {
            (Expr a, Expr b, Expr c) = (h.State("a", 1.0), h.State("b"), h.State("c"));
            Expr k = h.Parameter("k", 0.04);
            h.Mode("m").Flow(a, (-k * a) + (1e4 * b * c)).Flow(b, (k * a) - (1e4 * b * c) - (3e7 * b * b)).Flow(c, 3e7 * b * b);
        }),
        Size = 16,
        Until = 1e5,
        Solver = new Rodas5P { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-14 },
        Variations = [new("k", new Uniform(0.03, 0.05))],
    };

    /// <summary>Van der Pol's oscillator between its jumps and past some, with different strengths of the damping.</summary>
    public static EnsemblePlan Relaxation => new()
    {
        Model = HybridAutomaton.Build("van der pol", h =>
        {
            (Expr y, Expr z) = (h.State("y", 2.0), h.State("z"));
            Expr mu = h.Parameter("mu", 1000.0);
            h.Mode("m").Flow(y, z).Flow(z, (mu * (1.0 - (y * y)) * z) - y);
        }),
        Size = 16,
        Until = 1500.0,
        Solver = new Rodas5P { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-8 },
        Variations = [new("mu", new Uniform(800.0, 1000.0))],
    };
}
