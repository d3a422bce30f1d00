using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;

namespace HybridControl.Plotting;

/// <summary>Reads columns of kept blocks, and words what plots say of an ensemble.</summary>
internal static class EnsembleColumns
{
    /// <summary>Throws unless the blocks were kept.</summary>
    /// <param name="result">The ensemble.</param>
    /// <param name="plot">What needs them.</param>
    /// <exception cref="ModelException">The blocks were not kept.</exception>
    public static void RequireBlocks(EnsembleResult result, string plot)
    {
        if (result.Blocks.IsEmpty && result.Count > 0)
        {
            throw new ModelException(
                plot, "it shows single trajectories, and those were not kept", "Run the plan with new EnsembleRunOptions { KeepBlocks = true }.");
        }
    }

    /// <summary>Number of an alternative; 0 for null.</summary>
    /// <exception cref="ModelException">There is no such alternative.</exception>
    public static int Alternative(EnsembleResult result, string? name) =>
        name is null ? 0 : Find(result.Layout.Alternatives, name, "alternative");

    /// <summary>The entries of a scalar column or else of a varied quantity, also as sample(name), over all trajectories in order.</summary>
    /// <exception cref="ModelException">There is no such column.</exception>
    public static double[] Read(EnsembleResult result, string name)
    {
        int scalar = result.Layout.Scalars.IndexOf(name);
        int sample = result.Layout.Samples.IndexOf(name);
        if (sample < 0 && name.StartsWith("sample(", StringComparison.Ordinal) && name.EndsWith(')'))
        {
            sample = result.Layout.Samples.IndexOf(name["sample(".Length..^1]);
        }

        if (scalar < 0 && sample < 0)
        {
            scalar = Find([.. result.Layout.Scalars, .. result.Layout.Samples], name, "column");
        }

        double[] values = new double[result.Blocks.Sum(block => block.Count)];
        int at = 0;
        foreach (EnsembleBlock block in result.Blocks)
        {
            (scalar >= 0 ? block.Scalar(scalar) : block.Sample(sample)).CopyTo(values.AsSpan(at));
            at += block.Count;
        }

        return values;
    }

    /// <summary>The number of the alternative of each trajectory, in the order of <see cref="Read"/>.</summary>
    public static int[] AlternativeOf(EnsembleResult result)
    {
        int alternatives = Math.Max(1, result.Layout.Alternatives.Length);
        return [.. result.Blocks.SelectMany(block => Enumerable.Range(0, block.Count).Select(i => (int)((block.First + i) % alternatives)))];
    }

    /// <summary>Whether a trajectory reached its end or was stopped by a rule.</summary>
    public static bool IsGood(double status) => status is (int)TrajectoryStatus.Completed or (int)TrajectoryStatus.Stopped;

    /// <summary>How many trajectories there are and how many of them failed, as a title.</summary>
    public static string Title(EnsembleResult result, string? alternative = null)
    {
        int alternatives = Math.Max(1, result.Layout.Alternatives.Length);
        string title = alternatives > 1 && alternative is not null
            ? $"{alternative}: {Number(result.Count / alternatives)} trajectories"
            : $"{Number(result.Count)} trajectories";
        return result.Failed > 0 ? $"{title}, {Number(result.Failed)} failed" : title;
    }

    /// <summary>A count with thin spaces between its thousands.</summary>
    public static string Number(long count) =>
        count.ToString("N0", CultureInfo.InvariantCulture).Replace(',', '\u202F');

    /// <summary>A share as a percentage.</summary>
    public static string Percent(double share) => (100 * share).ToString("0.###", CultureInfo.InvariantCulture) + " %";

    /// <summary>The place of a name, or an error that suggests one.</summary>
    public static int Find(ImmutableArray<string> names, string name, string kind)
    {
        int place = names.IndexOf(name);
        return place >= 0
            ? place
            : throw new ModelException("ensemble plot", $"no {kind} '{name}'", Known(names));
    }

    /// <summary>What could have been meant.</summary>
    public static string Known(IEnumerable<string> names)
    {
        string list = string.Join(", ", names);
        return list.Length == 0 ? "There is none; record it in the plan." : $"Known: {list}.";
    }
}
