using HybridControl.Requirements;

namespace HybridControl.Ensembles.Falsification;

/// <summary>The worst run that a falsification has found.</summary>
/// <param name="Case">What was chosen, as a run that can be repeated.</param>
/// <param name="Verdict">What that run says about the requirement, with its witness.</param>
/// <param name="Robustness">Its robustness; of an undecided run the most that it can be, or the least if that is infinite.</param>
/// <param name="Evaluations">Runs carried out.</param>
public sealed record FalsificationResult(FalsificationCase Case, RequirementResult Verdict, double Robustness, int Evaluations)
{
    /// <summary>Whether the requirement is violated.</summary>
    public bool IsFalsified => Verdict.Verdict == Requirements.Verdict.Violated;
}
