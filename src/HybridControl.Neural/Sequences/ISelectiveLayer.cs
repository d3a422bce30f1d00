using HybridControl.Neural.Backends;
using HybridControl.Neural.Explanation;

namespace HybridControl.Neural.Sequences;

/// <summary>A layer whose steps, B and C depend on the token while its rates do not.</summary>
/// <remarks>To observers it shows <c>input</c>, <c>delta</c>, <c>B</c>, <c>C</c> and <c>gate</c> below its place.</remarks>
public interface ISelectiveLayer : ISequenceLayer
{
    /// <summary>What does not depend on the token.</summary>
    /// <param name="backend">The back-end that holds the numbers.</param>
    SelectiveLaw LawOn(ITensorBackend backend);
}
