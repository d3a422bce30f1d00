using HybridControl.Estimation;
using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;

namespace HybridControl.Neural.Kpin;

/// <summary>The recursion of <see cref="KpinEstimator"/> for some trajectories at once, on a tape.</summary>
/// <remarks>
/// The same equations with full covariances: Joseph's form keeps them positive, and Cholesky factors of S carry the derivative.
/// A missing component has its row of H set to zero and a variance of one, which adds nothing to the likelihood.
/// Constants are put on the tape by <see cref="Begin"/>, once for each recording.
/// </remarks>
internal sealed class KpinRecursion
{
    private const double Ridge = 1e-12;

    private readonly KpinNetwork _network;
    private readonly KpinDesign _design;
    private readonly KpinFeatures _features;
    private readonly KpinSamples _samples;
    private readonly int _n;
    private readonly int _m;
    private readonly int _q;
    private readonly double[] _directions;
    private readonly double[] _influence;
    private readonly double[] _identity;
    private readonly double[] _reciprocals;
    private readonly double[] _inputReciprocals;
    private readonly double[] _predicted;
    private Tape _tape = null!;
    private BoundParameters _bound;
    private Constants _constants;

    public KpinRecursion(KpinNetwork network, KpinSamples samples)
    {
        (_network, _design, _features, _samples) = (network, network.Design, network.Design.Features, samples);
        (_n, _m, _q) = (_features.States, _features.Measurements, network.Noises);
        _directions = new double[_features.Count * _n];
        _identity = new double[_n * _n];
        _reciprocals = [.. _features.StateScale.Select(scale => 1.0 / scale)];
        _inputReciprocals = [.. _features.InputScale.Select(scale => 1.0 / scale)];
        for (int i = 0; i < _n; i++)
        {
            _directions[i * (_n + 1)] = 1.0;
            _identity[i * (_n + 1)] = 1.0;
        }

        int p = _design.Residuals;
        _influence = [.. _design.Influence.Select((entry, i) => entry * _design.Bounds[i % p])];
        _predicted = new double[_m * samples.Batch];
    }

    /// <summary>Begins a recording.</summary>
    public void Begin(Tape tape, BoundParameters bound)
    {
        _tape = tape;
        _bound = bound;
        _constants = new(
            tape.Constant(_directions, 1, _features.Count, _n),
            tape.Constant(_influence, 1, _n, _design.Residuals),
            tape.Constant(_identity, 1, _n, _n),
            tape.Constant(_features.StateCenter.AsSpan(), 1, _n, 1),
            tape.Constant(_reciprocals, 1, _n, 1),
            tape.Constant(_reciprocals, 1, 1, _n),
            _features.Inputs > 0 ? tape.Constant(_features.InputCenter.AsSpan(), 1, _features.Inputs, 1) : default,
            _features.Inputs > 0 ? tape.Constant(_inputReciprocals, 1, _features.Inputs, 1) : default);
    }

    /// <summary>Predicts to the measurement of a step.</summary>
    public KpinPrediction Predict(int step, KpinStep belief)
    {
        Variable model = _tape.Map(_samples.Transition(step), belief.Mean);
        Variable f = _tape.Reshape(_tape.Rows(model, _n, _n * _n), _n, _n);
        Variable noise = _tape.Reshape(_tape.Rows(model, _n + (_n * _n), _n * _q), _n, _q);
        KpinHeads heads = _network.Forward(_tape, _bound, Features(step, belief), _constants.Directions);
        Variable length = _tape.Constant(_samples.Lengths(step), _samples.Batch, 1, 1);
        Variable bounded = _tape.Tanh(heads.Residual);
        Variable slope = _tape.Multiply(heads.ResidualTangent, _tape.Affine(_tape.Square(bounded), -1.0, 1.0));
        Variable mean = _tape.Add(
            _tape.Rows(model, 0, _n), _tape.Multiply(_tape.Product(_constants.Influence, bounded), length));
        Variable change = _tape.Product(_constants.Influence, _tape.Multiply(slope, _constants.ReciprocalRow));
        f = _tape.Add(f, _tape.Multiply(change, length));
        noise = ScaleColumns(noise, heads.Process, _q, _design.ProcessClip, _design.ProcessFactor);
        Variable covariance = _tape.Add(
            _tape.Product(_tape.Product(f, belief.Covariance), f, transposeSecond: true),
            _tape.Product(noise, noise, transposeSecond: true));
        return new(mean, covariance, heads, bounded, slope);
    }

    /// <summary>What is foretold for the measurement of a step.</summary>
    public KpinForecast Forecast(int step, in KpinPrediction prediction)
    {
        Variable model = _tape.Map(_samples.Sensor(step), prediction.Mean);
        Variable h = _tape.Reshape(_tape.Rows(model, _m, _m * _n), _m, _n);
        Variable noise = _tape.Reshape(_tape.Rows(model, _m + (_m * _n), _m * _m), _m, _m);
        noise = ScaleColumns(noise, prediction.Heads.Measurement, _m, _design.MeasurementClip, _design.MeasurementFactor);
        Variable r = _tape.Product(noise, noise, transposeSecond: true);
        Variable seen = _tape.Rows(model, 0, _m);
        _tape.Value(seen).CopyTo(_predicted);
        Variable nu = _tape.Subtract(_tape.Constant(_samples.Measured(step, _predicted), _samples.Batch, _m, 1), seen);
        if (_samples.HasGaps(step))
        {
            Variable present = _tape.Constant(_samples.Present(step), _samples.Batch, _m, 1);
            Variable absent = _tape.Affine(present, -1.0, 1.0);
            nu = _tape.Multiply(nu, present);
            h = _tape.Multiply(h, present);
            r = _tape.Add(
                _tape.Multiply(_tape.Multiply(r, present), _tape.Reshape(present, 1, _m)), _tape.Diagonal(absent));
        }

        Variable hp = _tape.Product(h, prediction.Covariance);
        Variable s = _tape.Cholesky(_tape.Add(_tape.Product(hp, h, transposeSecond: true), r));
        return new(h, r, hp, s, _tape.Solve(s, nu));
    }

    /// <summary>-log likelihood of the measurement of a step but for the constant: 1/2 (log |S| + nu' S^-1 nu).</summary>
    public Variable Surprise(in KpinForecast forecast) => _tape.Scale(
        _tape.Add(_tape.LogDeterminant(forecast.Factor), _tape.Sum(_tape.Square(forecast.Whitened))), 0.5);

    /// <summary>Updates with the measurement of a step.</summary>
    public KpinStep Update(int step, in KpinPrediction prediction, in KpinForecast forecast)
    {
        // With S = L L' and Y = K L: K0 L = (L^-1 H P)', x + K nu = x + Y L^-1 nu, K' = L^-T Y'.
        Variable y = _tape.Transpose(_tape.Solve(forecast.Factor, forecast.CrossCovariance));
        bool needsDeviations = _design.Level == KpinLevel.Gain || _features.Uses(KpinInputs.Correction);
        Variable deviations = needsDeviations ? Deviations(prediction.Covariance) : default;
        if (prediction.Heads.Gain is { } gain)
        {
            Variable gate = _tape.Scale(_tape.Sigmoid(prediction.Heads.Gate!.Value), _design.GainBound);
            Variable change = _tape.Multiply(_tape.Tanh(_tape.Reshape(gain, _n, _m)), _tape.Multiply(deviations, gate));
            if (_samples.HasGaps(step))
            {
                change = _tape.Multiply(change, _tape.Constant(_samples.Present(step), _samples.Batch, 1, _m));
            }

            y = _tape.Add(y, change);
        }

        Variable moved = _tape.Product(y, forecast.Whitened);
        Variable gainTransposed = _tape.Solve(forecast.Factor, _tape.Transpose(y), transposed: true);
        Variable rest = _tape.Subtract(_constants.Identity, _tape.Product(gainTransposed, forecast.Jacobian, transposeFirst: true));
        Variable noise = _tape.Product(
            _tape.Product(gainTransposed, forecast.Noise, transposeFirst: true), gainTransposed);
        return new(
            _tape.Add(prediction.Mean, moved),
            _tape.Add(_tape.Product(_tape.Product(rest, prediction.Covariance), rest, transposeSecond: true), noise),
            forecast.Whitened,
            _features.Uses(KpinInputs.Correction) ? _tape.Divide(moved, deviations) : default);
    }

    /// <summary>1/2 (log |P| + e' P^-1 e) and |e|^2 of the states of a step, where they are known.</summary>
    public (Variable Surprise, Variable Square) StateError(int step, in KpinStep belief)
    {
        Variable error = _tape.Subtract(_tape.Constant(_samples.States(step), _samples.Batch, _n, 1), belief.Mean);
        Variable active = _tape.Constant(_samples.Active(step), _samples.Batch, 1, 1);
        Variable factor = _tape.Cholesky(_tape.Add(belief.Covariance, _tape.Scale(_constants.Identity, Ridge)));
        Variable surprise = _tape.Scale(_tape.Add(_tape.LogDeterminant(factor), _tape.InverseQuadraticForm(factor, error)), 0.5);
        return (_tape.Multiply(surprise, active), _tape.Multiply(_tape.Sum(_tape.Square(error)), active));
    }

    private Variable Features(int step, in KpinStep belief)
    {
        Variable state = _tape.Multiply(_tape.Subtract(belief.Mean, _constants.Center), _constants.Reciprocal);
        if (_features.Use == KpinInputs.None)
        {
            return state;
        }

        var parts = new FeatureParts(_tape, state);
        if (_features.Uses(KpinInputs.Input) && _features.Inputs > 0)
        {
            Variable input = _tape.Constant(_samples.Inputs(step), _samples.Batch, _features.Inputs, 1);
            parts.Add(_tape.Multiply(_tape.Subtract(input, _constants.InputCenter), _constants.InputReciprocal));
        }

        if (_features.Uses(KpinInputs.Innovation))
        {
            parts.Add(belief.Whitened);
        }

        if (_features.Uses(KpinInputs.Correction))
        {
            parts.Add(belief.Moved);
        }

        if (_features.Uses(KpinInputs.Step))
        {
            parts.Add(_tape.Scale(_tape.Constant(_samples.Lengths(step), _samples.Batch, 1, 1), 1.0 / _features.StepScale));
        }

        if (_features.Uses(KpinInputs.Mode))
        {
            parts.Add(_tape.Constant(_samples.Modes(_features.Modes), 1, _features.Modes, 1));
        }

        return parts.Joined;
    }

    private Variable ScaleColumns(Variable factor, Variable? logarithms, int columns, double clip, double scale)
    {
        if (logarithms is { } head)
        {
            Variable row = _tape.Reshape(_tape.Exp(_tape.Clip(head, -clip, clip)), 1, columns);
            factor = _tape.Multiply(factor, row);
        }

        return scale == 1.0 ? factor : _tape.Scale(factor, scale);
    }

    private Variable Deviations(Variable covariance) =>
        _tape.Exp(_tape.Scale(_tape.Log(_tape.Affine(_tape.DiagonalOf(covariance), 1.0, Ridge)), 0.5));

    private readonly record struct Constants(
        Variable Directions, Variable Influence, Variable Identity, Variable Center, Variable Reciprocal, Variable ReciprocalRow,
        Variable InputCenter, Variable InputReciprocal);

    private ref struct FeatureParts(Tape tape, Variable first)
    {
        public Variable Joined { get; private set; } = first;

        public void Add(Variable part) => Joined = tape.Below(Joined, part);
    }
}
