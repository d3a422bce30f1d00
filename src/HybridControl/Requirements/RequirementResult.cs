namespace HybridControl.Requirements;

/// <summary>The verdict of a run on a requirement, and why.</summary>
/// <remarks>
/// The verdict follows the sign of the robustness: positive is satisfied, negative is violated. Robustness within what
/// location and rounding leave behind is zero, and then the deciding comparison says whether its surface belongs to it. Where windows reach
/// beyond the end of the run, robustness is an interval, and the verdict is undecided while it holds both signs.
/// </remarks>
/// <param name="Requirement">What was asked.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Lower">The least robustness, however the run may go on.</param>
/// <param name="Upper">The greatest.</param>
/// <param name="Witness">The place that decides; null if none does.</param>
/// <param name="Reason">Why it is undecided; empty if it is decided.</param>
public sealed record RequirementResult(
    Requirement Requirement, Verdict Verdict, double Lower, double Upper, RequirementWitness? Witness, string Reason = "")
{
    /// <summary>How clearly it is met or violated: the end of the interval that is nearer to zero; NaN while undecided.</summary>
    public double Robustness => Verdict switch
    {
        Verdict.Satisfied => Lower,
        Verdict.Violated => Upper,
        _ => double.NaN,
    };

    /// <summary>The verdict in words: requirement, robustness, and when, where and why.</summary>
    public override string ToString()
    {
        string name = Requirement.Name.Length > 0 ? $"'{Requirement.Name}' " : "";
        string head = $"requirement {name}({Requirement.Formula}) is ";
        return Verdict == Verdict.Undecided
            ? $"{head}undecided: {Reason}"
            : FormattableString.Invariant($"{head}{(Verdict == Verdict.Satisfied ? "satisfied" : "violated")}, robustness {Robustness:G6}") +
                (Witness is null ? "" : $": {Witness}");
    }
}
