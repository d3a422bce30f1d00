namespace HybridControl.Neural.Autodiff;

/// <summary>Cholesky factors of batches and solves with them. Only the lower triangle of a factor is read.</summary>
internal static class BatchTriangle
{
    /// <summary>Factors the symmetric part of a in place of <paramref name="l"/>; the upper triangle becomes zero.</summary>
    /// <returns>-1, or the first sample that is not positive definite; its entries are NaN.</returns>
    public static int Factor(ReadOnlySpan<double> a, Span<double> l, int n, int batch)
    {
        int failed = -1;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                Span<double> entry = At(l, n, i, j, batch);
                if (j > i)
                {
                    entry.Clear();
                    continue;
                }

                ReadOnlySpan<double> lower = At(a, n, i, j, batch);
                ReadOnlySpan<double> upper = At(a, n, j, i, batch);
                for (int b = 0; b < batch; b++)
                {
                    entry[b] = 0.5 * (lower[b] + upper[b]);
                }

                for (int k = 0; k < j; k++)
                {
                    BatchLoops.SubtractProduct(entry, At(l, n, i, k, batch), At(l, n, j, k, batch));
                }

                if (j < i)
                {
                    BatchLoops.Divide(entry, At(l, n, j, j, batch));
                    continue;
                }

                for (int b = 0; b < batch; b++)
                {
                    bool positive = entry[b] > 0.0;
                    if (!positive && failed < 0)
                    {
                        failed = b;
                    }

                    entry[b] = positive ? Math.Sqrt(entry[b]) : double.NaN;
                }
            }
        }

        return failed;
    }

    /// <summary>x := L^-1 x for x with n rows; the factor may be shared.</summary>
    public static void Solve(ReadOnlySpan<double> l, int factorBatch, Span<double> x, int n, int columns, int batch)
    {
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k <= i; k++)
            {
                Eliminate(l, factorBatch, n, i, k, x, i, k, columns, batch);
            }
        }
    }

    /// <summary>x := L^-T x for x with n rows; the factor may be shared.</summary>
    public static void SolveTransposed(ReadOnlySpan<double> l, int factorBatch, Span<double> x, int n, int columns, int batch)
    {
        for (int i = n - 1; i >= 0; i--)
        {
            for (int k = n - 1; k >= i; k--)
            {
                Eliminate(l, factorBatch, n, k, i, x, i, k, columns, batch);
            }
        }
    }

    /// <summary>From the adjoint of L = chol(S) to that of S: the symmetric X = L^-T Phi(L' Lbar) L^-1, symmetrised.</summary>
    /// <param name="l">The factors.</param>
    /// <param name="adjoint">Derivative of the loss by the factors; the upper triangle is not read.</param>
    /// <param name="x">Receives the derivative by S, n by n.</param>
    /// <param name="n">Order.</param>
    /// <param name="batch">Number of samples.</param>
    /// <remarks>Phi takes the lower triangle and halves the diagonal. I. Murray, arXiv 1602.07527 (2016), section 3.</remarks>
    public static void FactorAdjoint(ReadOnlySpan<double> l, ReadOnlySpan<double> adjoint, Span<double> x, int n, int batch)
    {
        x = x[..(n * n * batch)];
        x.Clear();
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                Span<double> entry = At(x, n, i, j, batch);
                for (int k = i; k < n; k++)
                {
                    BatchLoops.AddProduct(entry, At(l, n, k, i, batch), At(adjoint, n, k, j, batch));
                }

                // Half of the lower triangle on either side is the symmetric part of Phi; the diagonal is halved as it is.
                for (int b = 0; b < batch; b++)
                {
                    entry[b] *= 0.5;
                }

                if (j < i)
                {
                    entry.CopyTo(At(x, n, j, i, batch));
                }
            }
        }

        SolveTransposed(l, batch, x, n, n, batch);
        Transpose(x, n, batch);
        SolveTransposed(l, batch, x, n, n, batch);
    }

    private static void Transpose(Span<double> x, int n, int batch)
    {
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Span<double> lower = At(x, n, i, j, batch);
                Span<double> upper = At(x, n, j, i, batch);
                for (int b = 0; b < batch; b++)
                {
                    (lower[b], upper[b]) = (upper[b], lower[b]);
                }
            }
        }
    }

    /// <summary>Row i of x loses entry times row k, or is divided by the entry where i is k.</summary>
    private static void Eliminate(
        ReadOnlySpan<double> l, int factorBatch, int n, int row, int column, Span<double> x, int i, int k, int columns, int batch)
    {
        ReadOnlySpan<double> factor = At(l, n, row, column, factorBatch);
        for (int j = 0; j < columns; j++)
        {
            Span<double> target = At(x, columns, i, j, batch);
            if (factorBatch == 1)
            {
                if (i != k)
                {
                    BatchLoops.AddScaled(target, -factor[0], At(x, columns, k, j, batch));
                    continue;
                }

                for (int b = 0; b < batch; b++)
                {
                    target[b] /= factor[0];
                }
            }
            else if (i == k)
            {
                BatchLoops.Divide(target, factor);
            }
            else
            {
                BatchLoops.SubtractProduct(target, factor, At(x, columns, k, j, batch));
            }
        }
    }

    private static Span<double> At(Span<double> a, int columns, int i, int j, int batch) =>
        a.Slice(((i * columns) + j) * batch, batch);

    private static ReadOnlySpan<double> At(ReadOnlySpan<double> a, int columns, int i, int j, int batch) =>
        a.Slice(((i * columns) + j) * batch, batch);
}
