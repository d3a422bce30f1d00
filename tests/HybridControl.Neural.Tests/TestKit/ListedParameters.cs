using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>Parameters by name; those that are not listed are random, functions of their name and a seed.</summary>
internal sealed class ListedParameters(ulong seed = 1) : IParameterSource
{
    private readonly NamedParameters _listed = new();

    public string Name => "listed";

    public bool Has(string name) => true;

    public IMatrixSource? Find(string name, int rows, int columns) =>
        _listed.Find(name, rows, columns) ?? MatrixSources.Of(name, RandomLayers.Reals(rows * columns, KeyOf(name), 1, -1.0, 1.0), rows, columns);

    public string OriginOf(string name) => name;

    /// <summary>Lists the numbers of an S5 layer below a place.</summary>
    public ListedParameters Add(string place, S5Parameters layer)
    {
        _listed.Add(place, layer);
        return this;
    }

    /// <summary>Lists the numbers of an S4D layer below a place.</summary>
    public ListedParameters Add(string place, S4dParameters layer)
    {
        _listed.Add(place, layer);
        return this;
    }

    private ulong KeyOf(string name) => name.Aggregate(seed, (hash, letter) => (hash * 1099511628211UL) ^ letter);
}
