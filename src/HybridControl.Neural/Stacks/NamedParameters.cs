using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Stacks;

/// <summary>Parameters that a program gives by name: for stacks made by hand or out of layers that were identified. Not thread-safe.</summary>
public sealed class NamedParameters : IParameterSource
{
    private readonly Dictionary<string, IMatrixSource> _matrices = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => "named parameters";

    /// <summary>Gives a matrix.</summary>
    /// <param name="name">Its name in the stack.</param>
    /// <param name="rows">Rows; 1 for a vector.</param>
    /// <param name="values">Entries, row after row.</param>
    /// <exception cref="ArgumentException">The entries are no whole rows, or the name is taken.</exception>
    public NamedParameters Add(string name, int rows, params double[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (rows <= 0 || values.Length % rows != 0)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"'{name}': {values.Length} numbers in {rows} rows."), nameof(values));
        }

        _matrices.Add(name, MatrixSources.Of(name, values, rows, values.Length / rows));
        return this;
    }

    /// <summary>Gives the numbers of the linear system of an S5 layer.</summary>
    /// <param name="place">Where the layer is, such as <c>layers.0.mixer</c>.</param>
    /// <param name="layer">The numbers; what else a description says (rule, pairs, clipping) it must say itself.</param>
    public NamedParameters Add(string place, S5Parameters layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        Add($"{place}.Lambda_re", 1, [.. layer.Lambda.Select(value => value.Real)]);
        Add($"{place}.Lambda_im", 1, [.. layer.Lambda.Select(value => value.Imaginary)]);
        Add($"{place}.B", layer.Modes, Pairs(layer.B));
        Add($"{place}.C", layer.Channels, Pairs(layer.C));
        Add($"{place}.D", 1, [.. layer.D]);
        Add($"{place}.log_step", 1, [.. layer.LogStep]);
        return layer.IsBidirectional ? Add($"{place}.C2", layer.Channels, Pairs(layer.BackwardC)) : this;
    }

    /// <summary>Gives the numbers of the filters of an S4D layer.</summary>
    /// <param name="place">Where the layer is.</param>
    /// <param name="layer">The numbers; the rule is said by the description.</param>
    public NamedParameters Add(string place, S4dParameters layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Add($"{place}.log_A_real", layer.Channels, [.. layer.LogRealPart])
            .Add($"{place}.A_imag", layer.Channels, [.. layer.ImaginaryPart])
            .Add($"{place}.C", layer.Channels, Pairs(layer.C))
            .Add($"{place}.D", 1, [.. layer.D])
            .Add($"{place}.log_dt", 1, [.. layer.LogStep]);
    }

    /// <inheritdoc/>
    public bool Has(string name) => _matrices.ContainsKey(name);

    /// <inheritdoc/>
    public IMatrixSource? Find(string name, int rows, int columns) => _matrices.GetValueOrDefault(name);

    /// <inheritdoc/>
    public string OriginOf(string name) => name;

    private static double[] Pairs(ImmutableArray<Complex> values) => [.. values.SelectMany(value => new[] { value.Real, value.Imaginary })];
}
