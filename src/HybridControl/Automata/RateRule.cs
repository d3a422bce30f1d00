using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Fires by chance, with a hazard: the probability per second, given that it has not fired yet.</summary>
/// <param name="Rate">Events per second, not negative; it may depend on time, states, variables and inputs.</param>
/// <remarks>
/// With a guard the hazard is zero where the guard is disabled. The transition fires where the integral of the rate, from the
/// entry into the mode or from its own last firing, reaches a number drawn from the exponential distribution of mean one.
/// The integral is a hidden state of the model, under the same error control as the others, and its passage is located like
/// any guard. Source: M. H. A. Davis, Markov Models and Optimization (1993), piecewise-deterministic Markov processes.
/// </remarks>
public sealed record RateRule(Expr Rate) : FiringRule;
