namespace HybridControl.Numerics;

/// <summary>A centre and a radius: an enclosure.</summary>
public readonly record struct Ball(double Centre, double Radius);
