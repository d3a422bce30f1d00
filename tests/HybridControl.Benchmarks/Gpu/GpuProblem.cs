using HybridControl.Automata;
using HybridControl.Benchmarks.Ensembles;
using HybridControl.Ensembles;
using HybridControl.Serialization;
using HybridControl.Solvers;

namespace HybridControl.Benchmarks.Gpu;

/// <summary>A problem of the GPU benchmark.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Plan">The plan for a number of trajectories.</param>
/// <param name="Operations">Double-precision instructions of one step with fused multiply-adds, counted by hand; 0 if the work is not of steps alone.</param>
internal sealed record GpuProblem(string Name, Func<long, EnsemblePlan> Plan, int Operations)
{
    /// <summary>The problems.</summary>
    public static IReadOnlyList<GpuProblem> All =>
    [
        // Four right-hand sides of 6, three stages of 3, an update of 12, one for time.
        new("lorenz-rk4", size => Lorenz(size, new RungeKutta4 { Step = 1e-3 }), 46),

        // Six right-hand sides of 6, stages and update of 63, error estimate and control of about 48.
        new("lorenz-tsit5", size => Lorenz(size, new Tsitouras5
        {
            InitialStep = 1e-3,
            MaximumStep = 1e-3,
            RelativeTolerance = 1e-2,
            AbsoluteTolerance = 1e-2,
        }), 150),
        new("balls", Balls, 0),
        new("relief-valve", Valves, 0),
        new("robertson", EnsemblePlans.Robertson, 0),
        new("van-der-pol", EnsemblePlans.VanDerPol, 0),
    ];

    private static EnsemblePlan Lorenz(long size, Solver solver) => new()
    {
        Model = Load("lorenz.json"),
        Size = size,
        Until = 1.0,
        Solver = solver,
        Variations = [new("rho", new Uniform(0.0, 21.0))],
    };

    private static EnsemblePlan Balls(long size) => new()
    {
        Model = Load("bouncing-ball.json"),
        Size = size,
        Until = 5.0,
        Solver = new DormandPrince5 { RelativeTolerance = 1e-6, AbsoluteTolerance = 1e-6 },
        Variations = [new("h0", new Uniform(5.0, 20.0)), new("e", new Uniform(0.7, 0.95))],
        Recording = new() { EventSlots = 8 },
    };

    private static EnsemblePlan Valves(long size) => new()
    {
        Model = Load("pressure-relief-valve.json"),
        Size = size,
        Until = 10.0,
        Solver = new DormandPrince5 { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-9 },
        Variations = [new("q", new Uniform(1.0, 9.0))],
        Recording = new() { EventSlots = 16 },
    };

    private static HybridAutomaton Load(string name)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HybridControl.sln")))
        {
            folder = folder.Parent;
        }

        return ModelFile.Load(Path.Combine(folder!.FullName, "models", name));
    }
}
