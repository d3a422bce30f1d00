using HybridControl.Estimation;

namespace HybridControl.Neural.Kpin;

/// <summary>Some trajectories, laid out step by step for a tape. Made once, read in every iteration.</summary>
internal sealed class KpinSamples
{
    private readonly KpinTrajectory[] _samples;
    private readonly MeasurementModel _sensorModel;
    private readonly TransitionOnTape[] _transitions;
    private readonly SensorOnTape[] _sensors;
    private readonly double[][] _present;
    private readonly bool[] _hasGaps;
    private readonly double[][] _lengths;
    private readonly double[][] _inputs;
    private readonly double[][] _states;
    private readonly double[][] _active;
    private readonly double[] _measured;
    private readonly double[] _one;
    private readonly double[] _two;
    private readonly double[] _difference;
    private double[] _modes = [];

    public KpinSamples(KpinProblem problem, int first, int count)
    {
        _samples = [.. problem.Trajectories.Skip(first).Take(count)];
        First = first;
        Steps = _samples.Max(trajectory => trajectory.Count);
        TransitionModel transition = problem.Transition.Fork();
        _sensorModel = problem.Sensor.Fork();
        int m = _sensorModel.Count;
        _transitions = [.. Enumerable.Range(0, Steps).Select(step => new TransitionOnTape(transition, _samples, step))];
        _sensors = [.. Enumerable.Range(0, Steps).Select(step => new SensorOnTape(_sensorModel, _samples, step))];
        _present = Spread(m, (trajectory, step, i) => double.IsNaN(trajectory.Measurements[(step * m) + i]) ? 0.0 : 1.0);
        _hasGaps = [.. _present.Select(step => step.Contains(0.0))];
        _lengths = Spread(1, (trajectory, step, _) => trajectory.Times[step] - trajectory.Before(step));
        _inputs = Spread(transition.InputCount, (trajectory, step, i) => trajectory.Inputs[(step * transition.InputCount) + i]);
        _states = problem.HasStates
            ? Spread(transition.StateCount, (trajectory, step, i) => trajectory.States[(step * transition.StateCount) + i])
            : [];
        _active = Spread(1, (_, _, _) => 1.0);
        _measured = new double[m * Batch];
        _one = new double[m];
        _two = new double[m];
        _difference = new double[m];
    }

    /// <summary>Number of the first trajectory.</summary>
    public int First { get; }

    /// <summary>Number of trajectories.</summary>
    public int Batch => _samples.Length;

    /// <summary>Steps of the longest.</summary>
    public int Steps { get; }

    public TransitionOnTape Transition(int step) => _transitions[step];

    public SensorOnTape Sensor(int step) => _sensors[step];

    public bool HasGaps(int step) => _hasGaps[step];

    public double[] Present(int step) => _present[step];

    public double[] Lengths(int step) => _lengths[step];

    public double[] Inputs(int step) => _inputs[step];

    public double[] States(int step) => _states[step];

    public double[] Active(int step) => _active[step];

    /// <summary>Measurements of a step, each on the side of the prediction that lies nearer where it wraps around.</summary>
    public double[] Measured(int step, ReadOnlySpan<double> predicted)
    {
        int m = _one.Length;
        for (int b = 0; b < Batch; b++)
        {
            for (int i = 0; i < m; i++)
            {
                _two[i] = predicted[(i * Batch) + b];
                bool isPresent = _present[step][(i * Batch) + b] > 0.0;
                _one[i] = isPresent ? _samples[b].Measurements[(step * m) + i] : _two[i];
            }

            _sensorModel.Geometry.Subtract(_one, _two, _difference);
            for (int i = 0; i < m; i++)
            {
                _measured[(i * Batch) + b] = _two[i] + _difference[i];
            }
        }

        return _measured;
    }

    /// <summary>The present mode among some: the first.</summary>
    public double[] Modes(int count)
    {
        if (_modes.Length != count)
        {
            _modes = new double[count];
            _modes[0] = 1.0;
        }

        return _modes;
    }

    // Numbers of each step, by component, then sample; zero after the end of a trajectory.
    private double[][] Spread(int components, Func<KpinTrajectory, int, int, double> value)
    {
        var steps = new double[Steps][];
        for (int step = 0; step < Steps; step++)
        {
            steps[step] = new double[components * Batch];
            for (int i = 0; i < components; i++)
            {
                for (int b = 0; b < Batch; b++)
                {
                    steps[step][(i * Batch) + b] = step < _samples[b].Count ? value(_samples[b], step, i) : 0.0;
                }
            }
        }

        return steps;
    }
}
