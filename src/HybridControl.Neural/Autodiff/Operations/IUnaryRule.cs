namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>A function of one number.</summary>
internal interface IUnaryRule
{
    /// <summary>What messages call it.</summary>
    static abstract string Name { get; }

    /// <summary>The value at x.</summary>
    static abstract double Value(double x, in OperationSettings settings);

    /// <summary>The derivative at x, where the value is y.</summary>
    static abstract double Slope(double x, double y, in OperationSettings settings);
}
