using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Kpin;

/// <summary>A gain that a recurrent network gives instead of Kalman's: for comparison.</summary>
/// <remarks>
/// x = f(x) + K (z - h(f(x))) with K from a gated unit that sees four differences, each divided by its length: of measurements, of
/// measurement and prediction, of estimates, and of estimate and prediction. One unit stands for the three of the original. It
/// knows no covariance and is trained on true states. After G. Revach et al., IEEE Trans. Signal Process. 70 (2022), arXiv 2107.10043.
/// </remarks>
public sealed class KalmanNet
{
    private const double Small = 1e-12;

    private readonly DenseLayer _input;
    private readonly GruCell _memory;
    private readonly DenseLayer _gain;
    private readonly int _n;
    private readonly int _m;

    /// <summary>Makes an untrained network whose gain is zero.</summary>
    /// <param name="states">The number n of states.</param>
    /// <param name="measurements">The number m of components of the sensor.</param>
    /// <param name="hidden">Width of the layers.</param>
    /// <param name="seed">Seed of the first weights.</param>
    public KalmanNet(int states, int measurements, int hidden, ulong seed)
    {
        (_n, _m) = (states, measurements);
        _input = new(Parameters, "input", (2 * states) + (2 * measurements), hidden);
        _memory = new(Parameters, "memory", hidden, hidden);
        _gain = new(Parameters, "gain", hidden, states * measurements);
        _input.Initialize(seed);
        _memory.Initialize(seed);
    }

    /// <summary>The learned numbers.</summary>
    public ParameterSet Parameters { get; } = new();

    /// <summary>Trains on squared errors of the states.</summary>
    /// <param name="problem">Model, measurements without gaps, and true states.</param>
    /// <param name="trainer">Steps and rates.</param>
    /// <exception cref="ModelException">Model and measurements do not fit together, or true states are missing.</exception>
    public TrainingResult Train(KpinProblem problem, Trainer trainer)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(trainer);
        problem.Check();
        if (!problem.HasStates)
        {
            throw new ModelException("training", "a learned gain needs true states, which the trajectories lack", "Give the states, or train a KPIN.");
        }

        return trainer.Run(new KalmanNetTask(problem, this), Parameters);
    }

    /// <summary>The estimates along a trajectory, T by n, row-major.</summary>
    public double[] Run(KpinProblem problem, KpinTrajectory trajectory)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(trajectory);
        KpinProblem alone = problem with { Trajectories = [trajectory] };
        var tape = new Tape();
        List<Variable> estimates = Record(tape, Parameters.Bind(tape), new KpinSamples(alone, 0, 1), problem.Initial);
        var states = new double[trajectory.Count * _n];
        for (int step = 0; step < trajectory.Count; step++)
        {
            tape.Value(estimates[step]).CopyTo(states.AsSpan(step * _n));
        }

        return states;
    }

    /// <summary>Records the estimates of all steps.</summary>
    internal List<Variable> Record(Tape tape, BoundParameters bound, KpinSamples samples, GaussianBelief initial)
    {
        int batch = samples.Batch;
        Variable x = tape.Broadcast(tape.Constant(initial.Mean, 1, _n, 1), new(batch, _n, 1));
        Variable memory = tape.Constant(new double[_memory.Hidden * batch], batch, _memory.Hidden, 1);
        Variable lastMove = tape.Scale(x, 0.0);
        Variable lastCorrection = lastMove;
        Variable? lastMeasured = null;
        var predicted = new double[_m * batch];
        var estimates = new List<Variable>();
        for (int step = 0; step < samples.Steps; step++)
        {
            Variable ahead = tape.Rows(tape.Map(samples.Transition(step), x), 0, _n);
            Variable seen = tape.Rows(tape.Map(samples.Sensor(step), ahead), 0, _m);
            tape.Value(seen).CopyTo(predicted);
            Variable measured = tape.Constant(samples.Measured(step, predicted), batch, _m, 1);
            Variable innovation = tape.Subtract(measured, seen);
            Variable features = tape.Below(
                Normalized(tape, tape.Subtract(measured, lastMeasured ?? measured)), Normalized(tape, innovation),
                Normalized(tape, lastMove), Normalized(tape, lastCorrection));
            memory = _memory.Forward(tape, bound, tape.Tanh(_input.Forward(tape, bound, features)), memory);
            Variable gain = tape.Reshape(_gain.Forward(tape, bound, memory), _n, _m);
            lastCorrection = tape.Product(gain, innovation);
            Variable next = tape.Add(ahead, lastCorrection);
            lastMove = tape.Subtract(next, x);
            (x, lastMeasured) = (next, measured);
            estimates.Add(x);
        }

        return estimates;
    }

    private static Variable Normalized(Tape tape, Variable a) =>
        tape.Multiply(a, tape.Exp(tape.Scale(tape.Log(tape.Affine(tape.Sum(tape.Square(a)), 1.0, Small)), -0.5)));
}
