namespace HybridControl.Ensembles;

/// <summary>One quantity that varies: a parameter, an initial state, a discrete variable or a constant input.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Distribution">How it is distributed.</param>
public sealed record Variation(string Name, Distribution Distribution);
