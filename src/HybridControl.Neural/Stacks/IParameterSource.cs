using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Stacks;

/// <summary>Where the parameters of a stack come from: a checkpoint, a generator, a set that was trained.</summary>
public interface IParameterSource
{
    /// <summary>What messages call it, such as the path of a file.</summary>
    string Name { get; }

    /// <summary>Whether there is a parameter of a name as the stack calls it.</summary>
    bool Has(string name);

    /// <summary>The parameter of a name as the stack calls it, or null. A vector is a matrix of one row.</summary>
    /// <param name="name">The name.</param>
    /// <param name="rows">Rows that the stack expects: for sources that make parameters up.</param>
    /// <param name="columns">Columns that the stack expects.</param>
    IMatrixSource? Find(string name, int rows, int columns);

    /// <summary>What a parameter is called where it comes from, for messages.</summary>
    string OriginOf(string name);
}
