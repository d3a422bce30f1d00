using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>Experiments to learn a system from: inputs and outputs at even times.</summary>
/// <param name="InputNames">Names of the p inputs.</param>
/// <param name="OutputNames">Names of the m outputs.</param>
/// <param name="SamplePeriod">Seconds between rows.</param>
/// <param name="Runs">The experiments, one at least.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record IdentificationData(
    IReadOnlyList<string> InputNames, IReadOnlyList<string> OutputNames, double SamplePeriod, IReadOnlyList<IdentificationRun> Runs)
{
    /// <summary>Rows of a run.</summary>
    public int RowsOf(IdentificationRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Outputs.Length / Math.Max(OutputNames.Count, 1);
    }

    /// <summary>Reads a table with a column for each input and output.</summary>
    /// <param name="path">The file, comma-separated, with a header.</param>
    /// <param name="inputs">Names of inputs; a name without a column of its own stands for all columns of that name with a number behind. "u" by default.</param>
    /// <param name="outputs">Names of outputs, likewise; "y" by default.</param>
    /// <param name="samplePeriod">Seconds between rows, where no column time (or t) tells; 1 by default.</param>
    /// <remarks>
    /// Times must be even. A column <c>run</c> tells experiments apart. Outputs may be empty or NaN where nothing was measured. Columns that are not
    /// asked for are left out.
    /// </remarks>
    /// <exception cref="ModelException">The file cannot be read or has faults; each with line and column, up to fifty.</exception>
    public static IdentificationData LoadCsv(
        string path, IReadOnlyList<string>? inputs = null, IReadOnlyList<string>? outputs = null, double? samplePeriod = null) =>
        new IdentificationTable(path, inputs ?? ["u"], outputs ?? ["y"], samplePeriod).Read();

    /// <summary>The rows that come before the share of each run that is held out.</summary>
    internal IdentificationData Leading(double heldOut) => this with
    {
        Runs =
        [
            .. Runs.Select(run =>
            {
                int rows = ModalData.TrainRows(RowsOf(run), heldOut);
                return run with { Inputs = run.Inputs[..(rows * InputNames.Count)], Outputs = run.Outputs[..(rows * OutputNames.Count)] };
            }),
        ],
    };

    /// <summary>Says what cannot be learned from.</summary>
    internal void Check(FindingList findings)
    {
        if (InputNames.Count == 0)
        {
            findings.Error("data.inputs", "there are no inputs", "Name one at least.");
        }

        if (OutputNames.Count == 0)
        {
            findings.Error("data.outputs", "there are no outputs", "Name one at least.");
        }

        if (!(SamplePeriod > 0.0 && double.IsFinite(SamplePeriod)))
        {
            findings.Error("data.samplePeriod", FormattableString.Invariant($"{SamplePeriod} s is not a positive time"), "Give the seconds between two rows.");
        }

        if (Runs.Count == 0)
        {
            findings.Error("data.runs", "there are no runs", "Give one at least.");
        }

        foreach (IdentificationRun run in Runs)
        {
            Check(run, findings);
        }
    }

    /// <summary>Refuses data that are not sound or not of the names and the period of a system.</summary>
    /// <exception cref="ModelException">With every finding.</exception>
    internal void CheckFor(IEnumerable<string> inputs, IEnumerable<string> outputs, double period)
    {
        var findings = new FindingList();
        Check(findings);
        foreach ((string what, IEnumerable<string> expected, IReadOnlyList<string> found) in new[] { ("inputs", inputs, InputNames), ("outputs", outputs, OutputNames) })
        {
            if (!expected.SequenceEqual(found))
            {
                findings.Error($"data.{what}", $"they are {string.Join(", ", found)}; the system has {string.Join(", ", expected)}", "Name them in the order of the system.");
            }
        }

        if (!(Math.Abs(SamplePeriod - period) <= 1e-4 * period))
        {
            findings.Error(
                "data.samplePeriod",
                FormattableString.Invariant($"the data have a row every {SamplePeriod} s, the system was learned with {period} s"),
                "Resample the data, or learn the system anew.");
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }

    private void Check(IdentificationRun run, FindingList findings)
    {
        int rows = RowsOf(run);
        if (run.Outputs.Length != rows * OutputNames.Count || run.Inputs.Length != rows * InputNames.Count)
        {
            findings.Error(
                run.Name,
                $"{run.Inputs.Length} numbers of {InputNames.Count} inputs and {run.Outputs.Length} of {OutputNames.Count} outputs are not the same number of rows",
                "Give every row all inputs and outputs.");
        }
        else if (!Dense.IsFinite(run.Inputs.AsSpan()))
        {
            findings.Error(run.Name, "an input is NaN or infinite", "Give every row the value that was applied.");
        }
        else if (run.Outputs.Any(double.IsInfinity))
        {
            findings.Error(run.Name, "an output is infinite", "Write NaN where nothing was measured.");
        }
    }
}
