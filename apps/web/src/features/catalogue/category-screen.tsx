export function CategoryScreen() {
  return <h1>Category</h1>
}
