using HybridControl.Neural.Autodiff;

namespace HybridControl.Neural.Kpin;

/// <summary>Records the losses of some trajectories over a window of steps.</summary>
internal sealed class KpinPass(Tape tape, KpinRecursion recursion, KpinSamples samples, KpinLoss loss, int horizon)
{
    private Variable _losses;

    /// <summary>Records the steps of a window.</summary>
    /// <param name="belief">The belief at its beginning.</param>
    /// <param name="start">First step.</param>
    /// <param name="end">The step after the last.</param>
    /// <returns>The belief at its end, and the loss of each trajectory.</returns>
    public (KpinStep Belief, Variable Losses) Record(KpinStep belief, int start, int end)
    {
        _losses = tape.Constant(new double[samples.Batch], samples.Batch, 1, 1);
        KpinStep open = belief;
        for (int step = start; step < end; step++)
        {
            if (loss.Overshoot > 0.0)
            {
                open = (step - start) % horizon == 0 ? belief : open;
                open = Foretell(step, open);
            }

            KpinPrediction prediction = recursion.Predict(step, belief);
            Prior(step, prediction);
            KpinForecast forecast = recursion.Forecast(step, prediction);
            Add(recursion.Surprise(forecast), loss.Innovation);
            belief = recursion.Update(step, prediction, forecast);
            if (loss.State > 0.0 || loss.SquaredError > 0.0)
            {
                (Variable surprise, Variable square) = recursion.StateError(step, belief);
                Add(surprise, loss.State);
                Add(square, loss.SquaredError);
            }
        }

        return (belief, _losses);
    }

    private KpinStep Foretell(int step, KpinStep open)
    {
        KpinPrediction prediction = recursion.Predict(step, open);
        Add(recursion.Surprise(recursion.Forecast(step, prediction)), loss.Overshoot);
        return open with
        {
            Mean = prediction.Mean,
            Covariance = prediction.Covariance,
            Whitened = tape.Scale(open.Whitened, 0.0),
            Moved = open.Moved == default ? default : tape.Scale(open.Moved, 0.0),
        };
    }

    private void Prior(int step, in KpinPrediction prediction)
    {
        if (loss.Residual > 0.0 || loss.Jacobian > 0.0 || loss.NoiseScale > 0.0)
        {
            Variable active = tape.Constant(samples.Active(step), samples.Batch, 1, 1);
            Add(tape.Sum(tape.Square(tape.Multiply(prediction.Bounded, active))), loss.Residual);
            Add(tape.Sum(tape.Square(tape.Multiply(prediction.Slope, active))), loss.Jacobian);
            AddScales(prediction.Heads.Process, active);
            AddScales(prediction.Heads.Measurement, active);
        }
    }

    private void AddScales(Variable? logarithms, Variable active)
    {
        if (logarithms is { } head)
        {
            Add(tape.Sum(tape.Square(tape.Multiply(head, active))), loss.NoiseScale);
        }
    }

    private void Add(Variable term, double weight)
    {
        if (weight > 0.0)
        {
            _losses = tape.Add(_losses, tape.Scale(term, weight));
        }
    }
}
