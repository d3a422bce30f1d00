using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Identification;

/// <summary>The loss of a modal system over experiments, with its gradient walked back along each of them.</summary>
/// <remarks>One sample: the covariance of the errors, which weighs them, is that of all experiments together.</remarks>
internal sealed class SsmTask(ModalData data, ModalParameters parameters, SsmLoss loss, PhysicsTerm? physics) : ITrainingTask
{
    private double? _validation;

    public int Samples => 1;

    public string SampleName(int sample) => data.Runs.Length == 1 ? data.Runs[0].Name : $"{data.Runs.Length} runs";

    public double? Validate() => _validation;

    public TrainingSum Accumulate(Tape tape, int first, int count, int iteration, Span<double> gradient)
    {
        ModalSystem system = parameters.System();
        _validation = null;
        double sum = Errors(system, corrects: false, loss.Prediction, gradient) + Errors(system, corrects: true, loss.Innovation, gradient);
        if (physics is not null && loss.Physics > 0.0)
        {
            var parts = new ModalGradient(system.Modes, system.Inputs, system.Outputs);
            double residual = physics.Accumulate(system, loss.Physics, parts);
            parameters.AddGradient(system, parts, gradient);
            sum += residual;
            _validation += residual;
        }

        return new(sum, double.IsFinite(sum) ? -1 : 0, "the errors have no covariance, or the states grow beyond all bounds");
    }

    private double Errors(ModalSystem system, bool corrects, double weight, Span<double> gradient)
    {
        if (weight == 0.0)
        {
            return 0.0;
        }

        ModalPass[] passes = [.. data.Runs.Select((run, r) => system.Follow(run, parameters.Initial(r), corrects))];
        if (ErrorLikelihood.Of(passes, data.Runs, data.Outputs, heldOut: false) is not { } likelihood)
        {
            return double.NaN;
        }

        for (int r = 0; r < passes.Length; r++)
        {
            var parts = new ModalGradient(system.Modes, system.Inputs, system.Outputs);
            passes[r].AddGradient(data.Runs[r].TrainRows, likelihood.Adjoint(passes[r], data.Runs[r], weight), default, parts);
            parameters.AddGradient(system, parts, gradient);
            parameters.AddInitial(r, parts, gradient);
        }

        if (ErrorLikelihood.Of(passes, data.Runs, data.Outputs, heldOut: true) is { } heldOut)
        {
            _validation = (_validation ?? 0.0) + (weight * (double.IsNaN(heldOut.Loss) ? double.PositiveInfinity : heldOut.Loss));
        }

        return weight * likelihood.Loss;
    }
}
