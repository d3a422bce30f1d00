using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;

namespace HybridControl.Benchmarks.Location;

/// <summary>A model whose guards are to be watched, and how long to run it.</summary>
/// <param name="Name">Name in the table.</param>
/// <param name="Model">The model.</param>
/// <param name="Until">End of the run, in seconds.</param>
internal sealed record LocationProblem(string Name, HybridAutomaton Model, double Until)
{
    /// <summary>One run with one kind of search.</summary>
    public RunEngine Run(double tolerance, bool proved)
    {
        CompiledAutomaton compiled = Model.Compiled;
        var options = new SimulationOptions
        {
            Solver = new DormandPrince5 { RelativeTolerance = tolerance, AbsoluteTolerance = 1e-3 * tolerance },
            Recording = Recording.Events,
            Zeno = ZenoPolicy.Stop,
        };
        GuardSet[] sets = ModeRuntimes.For(compiled, options.Solver).FirstOf(0).Guards;
        EventSearch search = proved
            ? new EventSearch(compiled.StateCount, compiled.DataCount, sets)
            : new SignTestSearch(compiled.StateCount, compiled.DataCount, sets);
        var engine = new RunEngine(compiled, options, [], [], record: null, search);
        engine.Start();
        engine.Advance(Until, CancellationToken.None);
        return engine;
    }
}
