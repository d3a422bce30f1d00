using HybridControl.Estimation;
using HybridControl.Neural.Kpin;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Training;

namespace HybridControl.Benchmarks.Kpin;

/// <summary>How networks of the study are trained.</summary>
/// <param name="Train">Nominal model and measurements.</param>
internal sealed record KpinSetting(KpinProblem Train)
{
    public KpinLevel Level { get; init; } = KpinLevel.ResidualAndNoise;

    public KpinInputs Inputs { get; init; } = KpinInputs.None;

    public KpinLoss Loss { get; init; } = new();

    public int Iterations { get; init; } = 350;

    /// <summary>A network trained and calibrated, as the library does it.</summary>
    public KpinFit Fit(ulong seed)
    {
        KpinFit fit = Training(seed).Fit(Train, Untrained(seed));
        Report(fit.Finding);
        return fit;
    }

    /// <summary>A network trained and not calibrated.</summary>
    public KpinNetwork Bare(ulong seed)
    {
        KpinNetwork network = Untrained(seed);
        Report(Training(seed).Run(Train, network).Finding);
        return network;
    }

    private KpinTraining Training(ulong seed) => new() { Loss = Loss, Seed = seed, Trainer = new() { Iterations = Iterations } };

    private KpinNetwork Untrained(ulong seed) =>
        new(MismatchedSpring.Design(Level, KpinTraining.FeaturesFor(Train, Inputs)), Train.Transition.NoiseCount, seed);

    private static void Report(Diagnostics.Finding? finding)
    {
        if (finding is not null)
        {
            Console.Error.WriteLine(finding);
        }
    }
}
