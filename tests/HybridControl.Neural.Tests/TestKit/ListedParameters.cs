using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>Parameters by name; those that are not listed are random, functions of their name and a seed.</summary>
internal sealed class ListedParameters(ulong seed = 1) : IParameterSource
{
    private readonly Dictionary<string, double[]> _listed = new(StringComparer.Ordinal);

    public string Name => "listed";

    /// <summary>Lists a parameter.</summary>
    public double[] this[string name]
    {
        set => _listed[name] = value;
    }

    public bool Has(string name) => true;

    public IMatrixSource? Find(string name, int rows, int columns)
    {
        if (!_listed.TryGetValue(name, out double[]? values))
        {
            ulong key = name.Aggregate(seed, (hash, letter) => (hash * 1099511628211UL) ^ letter);
            values = RandomLayers.Reals(rows * columns, key, 1, -1.0, 1.0);
        }

        return MatrixSources.Of(name, values, rows, columns);
    }

    public string OriginOf(string name) => name;

    /// <summary>Lists the numbers of an S5 layer below a place.</summary>
    public ListedParameters Add(string place, Neural.Sequences.Mixers.S5Parameters layer)
    {
        this[$"{place}.Lambda_re"] = [.. layer.Lambda.Select(value => value.Real)];
        this[$"{place}.Lambda_im"] = [.. layer.Lambda.Select(value => value.Imaginary)];
        this[$"{place}.B"] = [.. layer.B.SelectMany(value => new[] { value.Real, value.Imaginary })];
        this[$"{place}.C"] = [.. layer.C.SelectMany(value => new[] { value.Real, value.Imaginary })];
        this[$"{place}.D"] = [.. layer.D];
        this[$"{place}.log_step"] = [.. layer.LogStep];
        return this;
    }

    /// <summary>Lists the numbers of an S4D layer below a place.</summary>
    public ListedParameters Add(string place, Neural.Sequences.Mixers.S4dParameters layer)
    {
        this[$"{place}.log_A_real"] = [.. layer.LogRealPart];
        this[$"{place}.A_imag"] = [.. layer.ImaginaryPart];
        this[$"{place}.C"] = [.. layer.C.SelectMany(value => new[] { value.Real, value.Imaginary })];
        this[$"{place}.D"] = [.. layer.D];
        this[$"{place}.log_dt"] = [.. layer.LogStep];
        return this;
    }
}
