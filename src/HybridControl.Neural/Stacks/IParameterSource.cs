using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Stacks;

/// <summary>Where the parameters of a stack come from: a checkpoint, a generator, a set that was trained.</summary>
public interface IParameterSource
{
    /// <summary>What messages call it, such as the path of a file.</summary>
    string Name { get; }

    /// <summary>The parameter of a name as the stack calls it, or null. A vector is a matrix of one row.</summary>
    IMatrixSource? Find(string name);

    /// <summary>What a parameter is called where it comes from, for messages.</summary>
    string OriginOf(string name);
}
