using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Serialization.Campaigns;

namespace HybridControl.Cli.Ensembles;

/// <summary>Reads the share of a worker: <c>i/n</c>, or <c>auto</c> from what a cluster says in the environment.</summary>
internal static class ShardText
{
    private const string Option = "--shard";

    /// <exception cref="UsageException">The text is no share, or the environment does not tell.</exception>
    public static CampaignPart Read(string text, Func<string, string?> environment)
    {
        try
        {
            return text == "auto" ? FromEnvironment(null, environment)
                : text.StartsWith("auto/", StringComparison.Ordinal) ? FromEnvironment(Count(text[5..], text), environment)
                : CampaignPart.Parse(text, Option);
        }
        catch (ModelException fault)
        {
            throw new UsageException(fault.Findings);
        }
    }

    private static CampaignPart FromEnvironment(int? workers, Func<string, string?> environment)
    {
        if (Number("SLURM_ARRAY_TASK_ID") is { } task)
        {
            int first = Number("SLURM_ARRAY_TASK_MIN") ?? 0;
            int step = Math.Max(1, Number("SLURM_ARRAY_TASK_STEP") ?? 1);
            int? count = workers ?? Number("SLURM_ARRAY_TASK_COUNT");
            return Share((task - first) / step, count, FormattableString.Invariant($"SLURM_ARRAY_TASK_ID is {task}"), "SLURM_ARRAY_TASK_COUNT");
        }

        return Number("JOB_COMPLETION_INDEX") is { } index
            ? Share(index, workers, FormattableString.Invariant($"JOB_COMPLETION_INDEX is {index}"), "the number of completions")
            : throw new ModelException(Option, "neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set",
                "Write --shard i/n, or start the command from a Slurm array or a Kubernetes indexed job.");

        int? Number(string name) =>
            int.TryParse(environment(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
    }

    private static CampaignPart Share(int index, int? count, string known, string missing) =>
        count is not { } workers
            ? throw new ModelException(Option, $"{known}, but {missing} is not known", "Write the number of workers: --shard auto/8.")
        : index >= 0 && index < workers
            ? new(index, workers)
            : throw new ModelException(Option, FormattableString.Invariant($"{known}, which is no worker of {workers}"),
                "Number the tasks without gaps, such as --array=0-7, or write --shard i/n.");

    private static int Count(string text, string whole) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count
            : throw new ModelException(Option, $"'{whole}' is no share", "Write for instance auto/8 for eight workers.");
}
