using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.RareEvents;

/// <summary>Paths of a plan's model on the simulator. Thread-safe; the paths are not.</summary>
internal sealed class PlanPaths
{
    private readonly EnsemblePlan _plan;
    private readonly PlanSampler _sampler;
    private readonly EnsembleLayout _layout;
    private readonly CompiledAutomaton _compiled;
    private readonly SimulationOptions _options;
    private readonly ExprProgram _level;
    private readonly ExprProgram[] _stops;
    private readonly double[] _times;
    private readonly (int Noise, long Draw)[][] _draws;
    private long _failures;

    public PlanPaths(EnsemblePlan plan, Expr level, double checkEvery)
    {
        ArgumentNullException.ThrowIfNull(level);
        if (plan.Noise.IsEmpty || !plan.Alternatives.IsEmpty)
        {
            throw new ModelException(
                plan.Model.Name, plan.Noise.IsEmpty ? "the plan has no noise, so that branches of a path would all be the same" : "the plan has alternatives",
                plan.Noise.IsEmpty ? "Add noise inputs; for rare samples of parameters use more trajectories." : "Estimate one at a time.");
        }

        if (plan.Model.Compiled.Lowered.DrawCount > 0)
        {
            throw new ModelException(
                plan.Model.Name, "the model draws random numbers itself, the same ones in all branches of a path",
                "Write its rates and draws as noise inputs.");
        }

        Finding[] findings =
        [
            .. DiffusionRefusal.Of(
                plan.Model, "branches of a path would all have the noise of the path, which is a function of its number",
                "Use noise inputs, or more trajectories."),
        ];
        if (findings.Length > 0)
        {
            throw new ModelException(findings);
        }

        _plan = plan with { Design = SamplingDesign.Random, Recording = new(), Requirements = [] };
        _sampler = PlanSampler.For(_plan);
        _layout = EnsembleLayout.Of(_plan);
        _compiled = plan.Model.Compiled;
        _options = new SimulationOptions
        {
            StartTime = plan.StartTime,
            Solver = plan.Solver,
            EventTolerance = plan.EventTolerance,
            Zeno = plan.Model.Zeno is { Action: ZenoAction.Continue or ZenoAction.GoTo } policy ? policy : ZenoPolicy.Stop,
            MaxJumpsPerInstant = plan.MaxJumpsPerInstant,
            MaxSteps = plan.MaxSteps,
            Recording = Recording.Events,
        };
        _level = ExprProgram.Compile(_compiled.Slots, level);
        _stops = [.. plan.Stops.Select(stop => ExprProgram.Compile(_compiled.Slots, stop.Condition.ToGuardFunction()))];
        (_times, _draws) = Schedule(plan, checkEvery);
    }

    /// <summary>Paths that failed so far.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Starts a path with the random numbers of a stream.</summary>
    public SplittingPath Start(long stream)
    {
        var block = new EnsembleBlock(_layout, stream, 1);
        _sampler.Fill(block);
        ImmutableDictionary<string, double>.Builder values = _plan.Values.ToBuilder();
        for (int i = 0; i < _plan.Variations.Length; i++)
        {
            values[_plan.Variations[i].Name] = block.Samples[i];
        }

        for (int i = 0; i < _plan.Noise.Length; i++)
        {
            values[_plan.Noise[i].Input] = _sampler.Noise(i, stream, 0);
        }

        SimulationOptions options = _options with { Values = values.ToImmutable() };
        var engine = new RunEngine(_compiled, options, _plan.Commands, []);
        engine.Start();
        return new Path(this, engine);
    }

    // Every time at which noise ticks or the level is looked at, and what is drawn there.
    private static (double[] Times, (int Noise, long Draw)[][] Draws) Schedule(EnsemblePlan plan, double checkEvery)
    {
        var draws = new SortedDictionary<double, List<(int, long)>>();
        for (int i = 0; i < plan.Noise.Length; i++)
        {
            foreach ((double time, long k) in Ticks(plan, plan.Noise[i].Period))
            {
                At(time).Add((i, k));
            }
        }

        if (checkEvery > 0.0)
        {
            foreach ((double time, _) in Ticks(plan, checkEvery))
            {
                _ = At(time);
            }
        }

        _ = At(plan.Until);
        return ([.. draws.Keys], [.. draws.Values.Select(due => due.ToArray())]);

        List<(int, long)> At(double time)
        {
            if (!draws.TryGetValue(time, out List<(int, long)>? due))
            {
                draws[time] = due = [];
            }

            return due;
        }
    }

    private static IEnumerable<(double Time, long Tick)> Ticks(EnsemblePlan plan, double period)
    {
        if (!(period > 0.0) || !((plan.Until - plan.StartTime) / period < 1e8))
        {
            throw new ModelException("splitting", FormattableString.Invariant($"a period of {period} s"), "Give a positive period that is not tiny against the duration.");
        }

        for (long k = 1; plan.StartTime + (k * period) <= plan.Until; k++)
        {
            yield return (plan.StartTime + (k * period), k);
        }
    }

    private sealed class Path : SplittingPath
    {
        private readonly PlanPaths _owner;
        private readonly RunEngine _engine;
        private int _next;
        private double _best;
        private bool _hasEnded;

        public Path(PlanPaths owner, RunEngine engine)
        {
            (_owner, _engine, _best) = (owner, engine, double.NegativeInfinity);
            Look();
        }

        private Path(Path other) =>
            (_owner, _engine, _next, _best, _hasEnded) = (other._owner, other._engine.Clone(), other._next, other._best, other._hasEnded);

        public override double Level => _best;

        public override bool Advance(long stream)
        {
            if (_hasEnded || _next == _owner._times.Length)
            {
                return false;
            }

            if (_next > 0)
            {
                foreach ((int noise, long draw) in _owner._draws[_next - 1])
                {
                    _engine.Set(_owner._plan.Noise[noise].Input, _owner._sampler.Noise(noise, stream, draw));
                }
            }

            _engine.Advance(_owner._times[_next++], CancellationToken.None);
            Look();
            return true;
        }

        public override SplittingPath Branch() => new Path(this);

        private void Look()
        {
            if (_engine.Status != RunStatus.Completed)
            {
                _hasEnded = true;
                Interlocked.Increment(ref _owner._failures);
                return;
            }

            double level = Value(_owner._level);
            _best = level > _best ? level : _best;
            foreach (ExprProgram stop in _owner._stops)
            {
                _hasEnded |= Value(stop) >= 0.0;
            }
        }

        private double Value(ExprProgram program) => program.EvaluateScalar(_engine.Time, _engine.States, _engine.Data);
    }
}
