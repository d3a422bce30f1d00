namespace HybridControl.Plotting;

/// <summary>One bar of a tornado diagram.</summary>
/// <param name="Name">Name of the input.</param>
/// <param name="Low">Value of the output where the input is low.</param>
/// <param name="High">Value of the output where the input is high.</param>
public sealed record TornadoBar(string Name, double Low, double High)
{
    /// <summary>Distance of both ends.</summary>
    public double Swing => Math.Abs(High - Low);
}
