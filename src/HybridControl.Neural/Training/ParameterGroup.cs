using System.IO.Enumeration;

namespace HybridControl.Neural.Training;

/// <summary>Parameters that are stepped in a way of their own, told by their names.</summary>
/// <param name="Pattern">Their names; <c>*</c> stands for any text, <c>?</c> for one character.</param>
/// <remarks>A parameter follows the first group of a list that its name fits; one that fits none follows the optimizer's settings.</remarks>
public sealed record ParameterGroup(string Pattern)
{
    private static readonly string[] StateSpaceNames =
        ["*Lambda_re", "*Lambda_im", "*log_step", "*log_dt", "*log_A_real", "*A_imag", "*A_log", "*dt_bias", "*dt_proj.bias"];

    /// <summary>Multiplies the rate.</summary>
    public double RateFactor { get; init; } = 1.0;

    /// <summary>Share of a weight that a step of rate 1 takes away; null for that of the optimizer.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>Whether they stay as they are; their gradient then does not count for clipping either.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>Whether a name fits.</summary>
    public bool Fits(string name) => FileSystemName.MatchesSimpleExpression(Pattern, name, ignoreCase: false);

    /// <summary>Groups for poles and step lengths of state-space layers: smaller steps, and no decay, which would slow or quicken the dynamics.</summary>
    /// <param name="rateFactor">Multiplies their rate.</param>
    /// <remarks>Names of S4D, S5, Mamba and Mamba-2. As the code of S4D does it (state-spaces/s4, models/s4/s4d.py).</remarks>
    public static IReadOnlyList<ParameterGroup> StateSpace(double rateFactor = 0.1) =>
        [.. StateSpaceNames.Select(name => new ParameterGroup(name) { RateFactor = rateFactor, WeightDecay = 0.0 })];
}
