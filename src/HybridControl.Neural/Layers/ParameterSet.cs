using HybridControl.Neural.Autodiff;

namespace HybridControl.Neural.Layers;

/// <summary>All learned numbers of a network, in one block, under their names.</summary>
/// <remarks>Layers add theirs when they are built. Reading is safe from many threads while nobody writes.</remarks>
public sealed class ParameterSet
{
    private readonly List<Parameter> _parameters = [];
    private readonly Dictionary<string, Parameter> _byName = new(StringComparer.Ordinal);
    private double[] _values = [];

    /// <summary>The parameters, in the order in which they were added.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Number of entries of all parameters.</summary>
    public int Length => _values.Length;

    /// <summary>All entries, parameter after parameter, each row-major.</summary>
    public Span<double> Values => _values;

    /// <summary>Adds a parameter of zeros.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public Parameter Add(string name, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        var parameter = new Parameter(name, _parameters.Count, _values.Length, rows, columns);
        if (!_byName.TryAdd(name, parameter))
        {
            throw new ArgumentException($"There is a parameter '{name}' already.", nameof(name));
        }

        _parameters.Add(parameter);
        Array.Resize(ref _values, _values.Length + parameter.Length);
        return parameter;
    }

    /// <summary>The parameter of a name, or null.</summary>
    public Parameter? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Entries of a parameter, row-major.</summary>
    public Span<double> ValuesOf(Parameter parameter) => _values.AsSpan(parameter.Offset, parameter.Length);

    /// <summary>Puts all entries on a tape, as inputs whose derivatives are wanted.</summary>
    public BoundParameters Bind(Tape tape) => new(tape, tape.Input(_values, 1, _values.Length, 1));
}
