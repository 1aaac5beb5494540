import { DatabaseSync } from "node:sqlite";

const adjectives = ["Amber", "Birch", "Copper", "Dusk", "Ember", "Fern", "Granite", "Hazel", "Indigo", "Juniper"];
const nouns = ["Kettle", "Lamp", "Mug", "Notebook", "Pan", "Quilt", "Rug", "Stool", "Teapot", "Vase"];

export const productCount = 200;
export const customerCount = 50;

/** The shop's data in memory, the same each time: 200 products, 50 customers, an order or two of each. */
export function openDatabase(): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  database.exec(`
    CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price_cents INTEGER NOT NULL);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, product_id INTEGER NOT NULL REFERENCES products,
      quantity INTEGER NOT NULL, total_cents INTEGER NOT NULL, status TEXT NOT NULL);
    CREATE INDEX orders_by_customer ON orders (customer_id);
  `);
  const addProduct = database.prepare("INSERT INTO products (id, name, price_cents) VALUES (?, ?, ?)");
  for (let id = 1; id <= productCount; id++) {
    const series = Math.ceil(id / 100);
    addProduct.run(
      id,
      `${adjectives[id % 10]} ${nouns[Math.floor(id / 10) % 10]} ${series}`,
      500 + ((id * 379) % 9_500),
    );
  }
  const addOrder = database.prepare(
    "INSERT INTO orders (customer_id, product_id, quantity, total_cents, status) SELECT ?, id, ?, ? * price_cents, 'paid' FROM products WHERE id = ?",
  );
  for (let customer = 1; customer <= customerCount; customer++) {
    for (let n = 0; n <= customer % 2; n++) {
      const quantity = 1 + (customer % 3);
      addOrder.run(customer, quantity, quantity, 1 + ((customer * 7 + n) % productCount));
    }
  }
  return database;
}
