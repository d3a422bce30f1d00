namespace HybridControl.Estimation;

/// <summary>Keeps learned factors of noise within their bounds.</summary>
internal static class KpinBounds
{
    /// <summary>Multiplies column j of a factor by factor * exp(clip(scales[j])).</summary>
    public static void ScaleColumns(Span<double> matrix, ReadOnlySpan<double> scales, double clip, double factor)
    {
        int columns = scales.Length;
        for (int j = 0; j < columns; j++)
        {
            double scale = factor * Math.Exp(Math.Clamp(scales[j], -clip, clip));
            if (scale != 1.0)
            {
                for (int i = j; i < matrix.Length; i += columns)
                {
                    matrix[i] *= scale;
                }
            }
        }
    }
}
