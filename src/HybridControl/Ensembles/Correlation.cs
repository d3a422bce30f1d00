namespace HybridControl.Ensembles;

/// <summary>A correlation between the normal scores of two variations.</summary>
/// <param name="First">Name of one variation.</param>
/// <param name="Second">Name of the other.</param>
/// <param name="Coefficient">Between -1 and 1, exclusive.</param>
public sealed record Correlation(string First, string Second, double Coefficient);
