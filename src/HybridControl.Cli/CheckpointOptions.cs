using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace HybridControl.Cli;

/// <summary>The options of a run that keeps checkpoints, with <c>--every</c>, which spaces them and the saved values.</summary>
internal sealed class CheckpointOptions
{
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(1);

    private readonly Option<string?> _checkpoint = new("--checkpoint")
    {
        Description = "Keep the state of the run in a file, from time to time and when stopped, so that it can go on with --resume.",
        HelpName = "file",
    };

    private readonly Option<string?> _resume = new("--resume")
    {
        Description = "Go on from a checkpoint, to the same bits as without the stop; goes on writing it.",
        HelpName = "file",
    };

    private readonly Option<IReadOnlyList<Interval>?> _every = new("--every")
    {
        Description = "A number: spacing of the saved values in seconds of the run, by default every step of the solver. " +
            "With a unit, as 60s, 5min or 1h: time of the clock between checkpoints, by default a minute. Both may be given.",
        HelpName = "seconds",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = ReadIntervals,
    };

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> All => [_every, _checkpoint, _resume];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Add(option);
        }
    }

    /// <summary>Reads the options.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="hasTable">Whether values are saved.</param>
    /// <exception cref="UsageException">An interval has nothing to space.</exception>
    public CheckpointRequest Read(ParseResult parsed, bool hasTable)
    {
        string? resume = parsed.GetValue(_resume);
        string? path = parsed.GetValue(_checkpoint) ?? resume;
        IReadOnlyList<Interval> every = parsed.GetValue(_every) ?? [];
        double? spacing = every.FirstOrDefault(interval => !interval.IsOfClock)?.Seconds;
        double? clock = every.FirstOrDefault(interval => interval.IsOfClock)?.Seconds;
        if (clock is not null && path is null)
        {
            throw new UsageException("--every", "a time of the clock, but there are no checkpoints to write",
                "Add --checkpoint file; the spacing of saved values has no unit.");
        }

        if (spacing is not null && path is not null && !hasTable)
        {
            throw new UsageException("--every", "a number without a unit is the spacing of saved values, and none are saved",
                FormattableString.Invariant($"Write {spacing}s for the time between checkpoints, or add --out file."));
        }

        if (path is not null)
        {
            OutputFile.CheckFolder(path == resume ? "--resume" : "--checkpoint", path);
        }

        return new(path, resume, clock is { } seconds ? TimeSpan.FromSeconds(seconds) : Usual, spacing);
    }

    private static List<Interval>? ReadIntervals(ArgumentResult result)
    {
        var intervals = new List<Interval>();
        foreach (Token token in result.Tokens)
        {
            if (Interval.TryRead(token.Value) is not { } interval)
            {
                string advice = token.Value.Contains(',', StringComparison.Ordinal) ? " Write it with a point, for instance --every 0.5." : "";
                result.AddError($"--every needs a positive number, or a time such as 60s, 5min or 1h, not '{token.Value}'.{advice}");
                return null;
            }

            if (intervals.Exists(other => other.IsOfClock == interval.IsOfClock))
            {
                result.AddError($"--every gives the {(interval.IsOfClock ? "time between checkpoints" : "spacing of values")} twice. Remove one of the two.");
                return null;
            }

            intervals.Add(interval);
        }

        return intervals;
    }

    /// <summary>An interval of the run, or of the clock.</summary>
    private sealed record Interval(double Seconds, bool IsOfClock)
    {
        private const double LongestSeconds = 1e8;

        // Longer endings first: "ms" ends in "s" as well.
        private static readonly (string Ending, double Seconds)[] Units = [("ms", 1e-3), ("min", 60.0), ("h", 3600.0), ("s", 1.0)];

        public static Interval? TryRead(string text)
        {
            foreach ((string ending, double seconds) in Units)
            {
                if (text.EndsWith(ending, StringComparison.Ordinal))
                {
                    return TryNumber(text[..^ending.Length]) is { } count && count * seconds <= LongestSeconds
                        ? new(count * seconds, IsOfClock: true)
                        : null;
                }
            }

            return TryNumber(text) is { } value ? new(value, IsOfClock: false) : null;
        }

        private static double? TryNumber(string text) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && value > 0.0
                ? value
                : null;
    }
}
