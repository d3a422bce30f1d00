using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Safetensors;

namespace HybridControl.Neural.Training;

/// <summary>All that a training needs to go on as if it had never been interrupted.</summary>
/// <remarks>
/// Parameters, the best ones so far, the running means of the optimizer and the losses. What is drawn at random is a function of seed and
/// iteration, so that the iteration is the position of every random stream too. Going on with the settings and the data of before ends with
/// the same bits as one run. Immutable and thread-safe.
/// </remarks>
public sealed class TrainingCheckpoint
{
    private const string Kind = "training";
    private const string Version = "1";
    private static readonly string[] Parts = ["values", "best", "mean", "square"];

    private readonly ImmutableArray<(string Name, int Rows, int Columns)> _parameters;
    private readonly double[][] _parts;
    private readonly (double First, double Second) _powers;

    private TrainingCheckpoint(
        ImmutableArray<(string Name, int Rows, int Columns)> parameters, double[][] parts, (double First, double Second) powers)
    {
        (_parameters, _parts, _powers) = (parameters, parts, powers);
    }

    /// <summary>The iteration that comes next.</summary>
    public int Iteration { get; private init; }

    /// <summary>Iteration of the lowest loss, or -1.</summary>
    public int BestIteration { get; private init; }

    /// <summary>Lowest loss; infinite if there is none yet.</summary>
    public double BestLoss { get; private init; }

    /// <summary>Loss of each iteration so far.</summary>
    public ImmutableArray<double> Losses { get; private init; } = [];

    /// <summary>Copies where a training stands.</summary>
    internal static TrainingCheckpoint Of(
        ParameterSet parameters, ReadOnlySpan<double> best, AdamWState state, int iteration, int bestIteration, double bestLoss, ImmutableArray<double> losses) =>
        new(
            [.. parameters.Parameters.Select(parameter => (parameter.Name, parameter.Rows, parameter.Columns))],
            [parameters.Values.ToArray(), best.ToArray(), state.Mean.ToArray(), state.Square.ToArray()],
            state.Powers)
        {
            Iteration = iteration,
            BestIteration = bestIteration,
            BestLoss = bestLoss,
            Losses = losses,
        };

    /// <summary>Puts a training where this one stood.</summary>
    internal void CopyTo(ParameterSet parameters, Span<double> best, AdamWState state)
    {
        _parts[0].CopyTo(parameters.Values);
        _parts[1].CopyTo(best);
        _parts[2].CopyTo(state.Mean);
        _parts[3].CopyTo(state.Square);
        state.Powers = _powers;
    }

    /// <summary>Says what does not fit a training.</summary>
    internal void Check(ParameterSet parameters, int iterations, FindingList findings)
    {
        const string where = "training.resume";
        if (!_parameters.SequenceEqual(parameters.Parameters.Select(parameter => (parameter.Name, parameter.Rows, parameter.Columns))))
        {
            findings.Error(
                where,
                $"the checkpoint holds {Describe(_parameters)}; the network has {Describe([.. parameters.Parameters.Select(p => (p.Name, p.Rows, p.Columns))])}",
                "Resume with the network, the data and the options that the checkpoint was made with.");
        }

        if (Iteration > iterations)
        {
            findings.Error(where, $"the checkpoint has done {Iteration} iterations, of {iterations} that are asked for", "Ask for more iterations.");
        }
    }

    /// <summary>Writes a file that appears whole or not at all.</summary>
    /// <exception cref="ModelException">The file cannot be written.</exception>
    public void Save(string path)
    {
        SafetensorsWriter writer = new SafetensorsWriter().Note(Kind, Version);
        for (int part = 0; part < Parts.Length; part++)
        {
            int offset = 0;
            foreach ((string name, int rows, int columns) in _parameters)
            {
                writer.Add($"{Parts[part]}.{name}", [rows, columns], _parts[part].AsSpan(offset, rows * columns));
                offset += rows * columns;
            }
        }

        writer.Add("progress", [2], [(long)Iteration, BestIteration]);
        writer.Add("numbers", [3], [BestIteration < 0 ? 0.0 : BestLoss, _powers.First, _powers.Second]);
        writer.Add("losses", [Losses.Length], Losses.AsSpan());
        writer.Save(path);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelException">It is not a sound checkpoint; with every finding.</exception>
    public static TrainingCheckpoint Load(string path)
    {
        SafetensorsFile file = SafetensorsFile.Load(path);
        if (!file.Metadata.TryGetValue(Kind, out string? version) || version != Version)
        {
            throw new ModelException(path, $"its metadata do not say '{Kind}: {Version}'", "Give a file that a training has written as its checkpoint.");
        }

        var reader = new TensorReader(file, path);
        string prefix = $"{Parts[0]}.";
        (string Name, int Rows, int Columns)[] parameters =
        [
            .. file.Tensors.Where(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal) && tensor.Shape is [> 0 and < int.MaxValue, > 0 and < int.MaxValue])
                .Select(tensor => (tensor.Name[prefix.Length..], (int)tensor.Shape[0], (int)tensor.Shape[1])),
        ];
        double[][] parts =
        [
            .. Parts.Select(part => parameters.SelectMany(parameter => reader.Read($"{part}.{parameter.Name}", parameter.Rows, parameter.Columns)).ToArray()),
        ];
        double[] numbers = reader.Read("numbers", 3);
        double[] losses = reader.Read("losses", file.Find("losses")?.Count ?? 0);
        long[] progress = reader.ReadWhole("progress", 2);
        reader.RefuseOthers();
        if (reader.Findings.Count == 0 && !(progress[0] is >= 0 and <= int.MaxValue && progress[1] >= -1 && progress[1] <= progress[0]))
        {
            reader.Findings.Error($"{path}, progress", $"{progress[0]} and {progress[1]} are no numbers of iterations", "The file is damaged.");
        }

        return reader.Findings.Count > 0 ? throw new ModelException(reader.Findings.ToImmutable()) : new([.. parameters], parts, (numbers[1], numbers[2]))
        {
            Iteration = (int)progress[0],
            BestIteration = (int)progress[1],
            BestLoss = progress[1] < 0 ? double.PositiveInfinity : numbers[0],
            Losses = [.. losses],
        };
    }

    private static string Describe(ImmutableArray<(string Name, int Rows, int Columns)> parameters) =>
        string.Join(", ", parameters.Select(parameter => $"{parameter.Name} ({parameter.Rows} x {parameter.Columns})"));
}
