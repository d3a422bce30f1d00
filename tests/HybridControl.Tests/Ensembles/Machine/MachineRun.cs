using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Solvers;

namespace HybridControl.Tests.Ensembles.Machine;

/// <summary>One trajectory of a machine, with its results by name.</summary>
internal sealed class MachineRun
{
    private readonly EnsembleLayout _layout;
    private readonly double[] _results;

    private MachineRun(EnsembleLayout layout, double[] results, double[][] arrays, int visits)
    {
        _layout = layout;
        _results = results;
        int next = 0;
        Grid = layout.GridTimes.IsEmpty ? [] : arrays[next++];
        EventTimes = layout.EventSlots == 0 ? [] : [.. arrays[next].Where(double.IsFinite)];
        Events = layout.EventSlots == 0 ? [] : [.. arrays[next + 1].Where(double.IsFinite).Select(number => layout.Transitions[(int)number])];
        Visits = visits;
    }

    public double[] Grid { get; }

    public double[] EventTimes { get; }

    public string[] Events { get; }

    /// <summary>Programs that were started.</summary>
    public int Visits { get; }

    public TrajectoryStatus Status => (TrajectoryStatus)(int)_results[EnsembleLayout.Status];

    public double Time => _results[EnsembleLayout.Time];

    public int Jumps => (int)_results[EnsembleLayout.Jumps];

    public int Steps => (int)_results[EnsembleLayout.Steps];

    public string Mode => _layout.Modes[(int)_results[EnsembleLayout.Mode]];

    public double this[string column] => _results[_layout.Scalars.IndexOf(column)];

    public static EnsemblePlan PlanOf(HybridAutomaton model, double until, Solver? solver = null) => new()
    {
        Model = model,
        Size = 1,
        Until = until,
        Solver = solver ?? new DormandPrince5(),
        Recording = new EnsembleRecording { EventSlots = 2000 },
    };

    public static MachineRun Of(EnsemblePlan plan, params double[] samples) => Of(plan, 0, null, samples);

    public static MachineRun Of(EnsemblePlan plan, int alternative, Func<int, long, double>? noise, params double[] samples) =>
        Of(plan, MachineCompiler.Compile(plan, alternative), noise, samples);

    public static MachineRun Of(EnsemblePlan plan, TrajectoryMachine machine, Func<int, long, double>? noise, double[] samples)
    {
        int visits = 0;
        (double[] registers, double[][] arrays) = MachineInterpreter.Run(machine, samples, noise, _ => Count(ref visits));
        return new(EnsembleLayout.Of(plan), [.. machine.Results.Select(register => registers[register])], arrays, visits);
    }

    private static void Count(ref int visits)
    {
        if (++visits > 2_000_000)
        {
            throw new AssertionException("The machine does not come to an end.");
        }
    }
}
