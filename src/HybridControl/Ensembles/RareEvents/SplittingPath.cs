namespace HybridControl.Ensembles.RareEvents;

/// <summary>A path of a random process that goes on step by step and can be branched. Not thread-safe; its copies are independent.</summary>
/// <remarks>
/// The future of a path may depend on its present and on the numbers it draws for its next steps, and those must be a function
/// of the stream and the step: then an estimate is the same on any number of threads.
/// </remarks>
public abstract class SplittingPath
{
    /// <summary>The largest level so far; it never falls.</summary>
    public abstract double Level { get; }

    /// <summary>Goes one step further.</summary>
    /// <param name="stream">Number of the branch, whose random numbers belong to it alone.</param>
    /// <returns>False if the path has ended and there was no step to take.</returns>
    public abstract bool Advance(long stream);

    /// <summary>A path in the same state that shares nothing mutable with this one.</summary>
    public abstract SplittingPath Branch();
}
