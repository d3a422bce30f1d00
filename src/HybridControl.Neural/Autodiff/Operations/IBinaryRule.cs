namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>A function of two numbers.</summary>
internal interface IBinaryRule
{
    /// <summary>What messages call it.</summary>
    static abstract string Name { get; }

    /// <summary>The value at (a, b).</summary>
    static abstract double Value(double a, double b);

    /// <summary>The derivative by a.</summary>
    static abstract double SlopeOfFirst(double a, double b);

    /// <summary>The derivative by b.</summary>
    static abstract double SlopeOfSecond(double a, double b);
}
