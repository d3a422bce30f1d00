namespace HybridControl.Neural.Vision;

/// <summary>Sizes of a <see cref="ClassHead"/>.</summary>
/// <param name="Classes">Numbers that go out for each image.</param>
/// <param name="Heads">Heads of the attention.</param>
/// <param name="Hidden">Numbers between the maps of the channel mixer.</param>
/// <param name="NormEpsilon">Epsilon of the norms.</param>
/// <param name="TokenLabels">Whether pixels are judged too.</param>
internal sealed record ClassHeadSettings(int Classes, int Heads, int Hidden, double NormEpsilon, bool TokenLabels);
