using System.Collections.Immutable;
using System.Runtime.InteropServices;
using HybridControl.Automata;
using HybridControl.Automata.Sensitivities;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <summary>Carries derivatives through the instants of a run; between instants they are states like others.</summary>
/// <remarks>
/// An instant is moved by its cause at the rate tau = dt/dp. With X = S + f tau, the total derivative of a value there, a
/// reset R gives X+ = R_x X + R_d D + R_p + R_t tau, and at its end S+ = X+ - f+ tau: the saltation matrix, for any chain
/// of jumps. Made for one run. Not thread-safe.
/// </remarks>
internal sealed partial class SensitivityTracker
{
    private readonly CompiledAutomaton _compiled;
    private readonly SensitivityModel _model;
    private readonly LogList _log;
    private readonly int _n;
    private readonly double[] _moving; // the n states, then X: what programs of total derivatives read
    private readonly double[] _slopes;
    private readonly double[] _timers; // [timer][k]: how the time at which it runs out moves
    private readonly double[] _clocks; // [clock][period, offset][k]: of updates, then of guards
    private double[] _written = [];
    private Real64[] _registers = [];
    private Real64[] _results = [];

    public SensitivityTracker(CompiledAutomaton compiled, LogList log)
    {
        _compiled = compiled;
        _model = compiled.Sensitivities!;
        _log = log;
        _n = _model.States;
        _moving = new double[compiled.StateCount + 1];
        _slopes = new double[compiled.StateCount + 1];
        _timers = new double[compiled.TimerOwners.Length * _model.Count];
        _clocks = new double[(compiled.SampledUpdates.Length + compiled.GuardClocks.Length) * 2 * _model.Count];
    }

    /// <summary>Sets the derivatives of the initial values, which must be in their places.</summary>
    /// <param name="run">The run, at its start.</param>
    /// <param name="values">Values that replace those of the model.</param>
    public void Start(RunEngine run, ImmutableDictionary<string, double> values)
    {
        RunPoint at = run.Here();
        for (int k = 0; k < _model.Count; k++)
        {
            SensitivityTarget target = _model.Targets[k];
            double scale = ScaleOf(target.Kind switch
            {
                SensitivityKind.State => at.States[target.Place],
                SensitivityKind.Discrete => at.Data[_compiled.FirstDiscrete + target.Place],
                SensitivityKind.Parameter => at.Data[target.Place],
                _ => at.Data[_compiled.Inputs[target.Place].FirstSlot],
            });
            at.Data[_model.SeedSlot(k)] = scale;
            at.Data[_model.ScaleSlot(k)] = scale;
        }

        HybridAutomaton model = _compiled.Model;
        int count = _n + model.Discretes.Length;
        ReadOnlySpan<double> initial = Evaluate(_model.Initial, at);
        for (int k = 0; k < _model.Count; k++)
        {
            SensitivityTarget target = _model.Targets[k];
            for (int i = 0; i < count; i++)
            {
                bool isState = i < _n;
                string name = isState ? model.States[i].Name : model.Discretes[i - _n].Name;
                bool isItself = target.Kind is SensitivityKind.State or SensitivityKind.Discrete && target.Name == name;
                double value = isItself ? at.Data[_model.SeedSlot(k)] : values.ContainsKey(name) ? 0.0 : initial[(k * count) + i];
                if (isState)
                {
                    at.States[_n + (k * _n) + i] = value;
                }
                else
                {
                    WriteDiscrete(at.Data, k, _compiled.FirstDiscrete + i - _n, value);
                }
            }
        }

        StartClocks(at);
        Keep(at, "the initial values");
    }

    /// <summary>Looks at the first values, once they are consistent.</summary>
    public void Begin(RunEngine run)
    {
        Keep(run.Here(), "the initial values");
        LookAround(run);
    }

    /// <summary>Begins an instant, at rest until it has a cause.</summary>
    public void Open(RunEngine run)
    {
        RunPoint at = run.Here();
        at.States[_n..].CopyTo(_moving.AsSpan(_n));
        OpenCauses(at);
    }

    /// <summary>Gives what a transition is about to write its derivatives.</summary>
    /// <param name="run">The run, just before.</param>
    /// <param name="transition">The transition.</param>
    /// <param name="early">The derivatives, if they were taken before; null to compute them.</param>
    public void WriteResets(RunEngine run, CompiledTransition transition, double[]? early)
    {
        PrepareResets(run, transition, early);
        Write(run.Here(), transition.Targets);
    }

    private void PrepareResets(RunEngine run, CompiledTransition transition, double[]? early)
    {
        RunPoint at = run.Here();
        CompiledTransition[] members = transition.Members ?? [transition];
        int width = transition.Targets.Length;
        Reserve(_model.Count * width);
        if (early is not null)
        {
            early.CopyTo(_written, 0);
            return;
        }

        int first = 0;
        foreach (CompiledTransition member in members)
        {
            CopyWritten(EvaluateTotal(_model.ResetsOf(member), at), member.Targets.Length, first, width);
            first += member.Targets.Length;
        }
    }

    /// <summary>The derivatives of what a transition writes, for values that are taken before their time.</summary>
    public double[] EarlyResets(RunEngine run, CompiledTransition transition)
    {
        PrepareResets(run, transition, null);
        return _written[..(_model.Count * transition.Targets.Length)];
    }

    /// <summary>Gives what a sampled update is about to write its derivatives.</summary>
    public void WriteUpdate(RunEngine run, CompiledUpdate update)
    {
        RunPoint at = run.Here();
        Reserve(_model.Count * update.Targets.Length);
        CopyWritten(EvaluateTotal(_model.ValuesOf(update), at), update.Targets.Length, 0, update.Targets.Length);
        Write(at, update.Targets);
    }

    private void Write(RunPoint at, ReadOnlySpan<int> targets)
    {
        for (int k = 0; k < _model.Count; k++)
        {
            for (int i = 0; i < targets.Length; i++)
            {
                double value = _written[(k * targets.Length) + i];
                if (targets[i] >= 0)
                {
                    _moving[_n + (k * _n) + targets[i]] = value;
                }
                else
                {
                    WriteDiscrete(at.Data, k, ~targets[i], value);
                }
            }
        }
    }

    /// <summary>A state that is absent, or set from outside, hangs on nothing.</summary>
    public void ForgetState(Span<double> states, int state)
    {
        for (int k = 0; k < _model.Count; k++)
        {
            int place = _n + (k * _n) + state;
            states[place] = _moving[place] = 0.0;
        }
    }

    /// <summary>What was set from outside hangs on nothing: a state, or a parameter, discrete variable or input, which no longer moves.</summary>
    public void Forget(RunEngine run, string name)
    {
        RunPoint at = run.Here();
        if (_compiled.Slots.TryGetSlot(VariableKind.State, name, out int state))
        {
            ForgetState(at.States, state);
            return;
        }

        for (int k = 0; k < _model.Count; k++)
        {
            if (_model.Names[k] == name)
            {
                at.Data[_model.SeedSlot(k)] = 0.0;
            }

            if (_compiled.Slots.TryGetSlot(VariableKind.Discrete, name, out int slot))
            {
                WriteDiscrete(at.Data, k, slot, 0.0);
            }
        }
    }

    /// <summary>Gives algebraic variables the total derivatives that follow from those of the states.</summary>
    public void Follow(RunEngine run)
    {
        RunPoint at = run.Here();
        at.States[.._n].CopyTo(_moving);
        run.Follow(_moving.AsSpan(0, _compiled.StateCount), at.Data.Slice(_model.TauSlot(0), _model.Count));
    }

    /// <summary>Turns total derivatives back into those at a fixed time, along the flow that is now in force.</summary>
    public void Settle(RunEngine run)
    {
        RunPoint at = run.Here();
        NoteSettled(at);
        Span<double> s = at.States[_n..];
        bool moves = WriteSlopes(run);
        for (int k = 0; k < _model.Count; k++)
        {
            double tau = at.Data[_model.TauSlot(k)];
            for (int i = 0; i < _n; i++)
            {
                int place = (k * _n) + i;
                s[place] = _moving[_n + place] - (moves && tau != 0.0 ? _slopes[i] * tau : 0.0);
            }
        }

        Keep(at, "the values after it");
        LookAround(run);
    }

    /// <summary>How the present instant moves: dt/dp for each number; NaN where derivatives are lost.</summary>
    public ReadOnlySpan<double> EventTimes(RunEngine run)
    {
        RunPoint at = run.Here();
        Reserve(_model.Count);
        for (int k = 0; k < _model.Count; k++)
        {
            _written[k] = at.Data[_model.TauSlot(k)] / at.Data[_model.ScaleSlot(k)];
        }

        return _written.AsSpan(0, _model.Count);
    }

    /// <summary>Exchanges with an archive what lives longer than an instant and is no state or data of the run.</summary>
    public void Exchange(StateArchive archive)
    {
        archive.Exchange(_timers);
        archive.Exchange(_clocks);
    }

    // The power of two next to a number: exact to multiply and divide by. Zero says nothing about its size.
    private static double ScaleOf(double value)
    {
        double size = Math.Abs(value);
        return size is > 1e-100 and < 1e100 ? Math.ScaleB(1.0, (int)Math.Round(Math.Log2(size))) : 1.0;
    }

    private void WriteDiscrete(Span<double> data, int k, int slot, double value)
    {
        int place = _model.DerivativeSlot(slot, k);
        if (place >= 0)
        {
            data[place] = value;
        }
    }

    // Whether the present instant moves at all; if so, the slopes of the flow in force are written.
    private bool WriteSlopes(RunEngine run)
    {
        RunPoint at = run.Here();
        bool moves = false;
        for (int k = 0; k < _model.Count; k++)
        {
            moves |= at.Data[_model.TauSlot(k)] != 0.0;
        }

        if (moves)
        {
            run.WriteRates(at.Time, at.States, _slopes);
        }

        return moves;
    }

    // A derivative that is no number would end the run: the values go on, and the derivatives are given up.
    private void Keep(RunPoint at, string what)
    {
        bool whole = true;
        foreach (ref double value in at.States[_n..])
        {
            whole &= double.IsFinite(value);
            value = double.IsFinite(value) ? value : 0.0;
        }

        foreach (ref double value in at.Data[_model.DerivativesFrom..])
        {
            whole &= double.IsFinite(value);
            value = double.IsFinite(value) ? value : 0.0;
        }

        if (!whole)
        {
            at.States[_n..].CopyTo(_moving.AsSpan(_n));
            Lose(at, "", $"{what} have no derivative here");
        }
    }

    private void CopyWritten(ReadOnlySpan<double> values, int count, int first, int width)
    {
        for (int k = 0; k < _model.Count; k++)
        {
            values.Slice(k * count, count).CopyTo(_written.AsSpan((k * width) + first));
        }
    }

    private void Reserve(int length)
    {
        if (_written.Length < length)
        {
            _written = new double[length];
        }
    }

    private ReadOnlySpan<double> EvaluateTotal(ExprProgram program, RunPoint at)
    {
        at.States[.._n].CopyTo(_moving);
        return Evaluate(program, at.Time, _moving.AsSpan(0, _compiled.StateCount), at.Data);
    }

    private ReadOnlySpan<double> Evaluate(ExprProgram program, RunPoint at) => Evaluate(program, at.Time, at.States, at.Data);

    private ReadOnlySpan<double> Evaluate(ExprProgram program, double time, ReadOnlySpan<double> states, ReadOnlySpan<double> data)
    {
        if (_registers.Length < program.RegisterCount)
        {
            _registers = new Real64[program.RegisterCount];
        }

        if (_results.Length < program.OutputCount)
        {
            _results = new Real64[program.OutputCount];
        }

        program.Evaluate(new Real64(time), MemoryMarshal.Cast<double, Real64>(states), data, _registers, _results.AsSpan());
        return MemoryMarshal.Cast<Real64, double>(_results.AsSpan(0, program.OutputCount));
    }
}
